// A certified OpenID provider, the npm package `oidc-provider`, where the sandbox's is a double: it was made
// by others, and keeps to the letter. It signs with RS256, names groups in the userinfo only, asks on a
// page of its own who one is, signs people out everywhere, and changes its keys.
//
// On 127.0.0.1 and not on localhost: to the browser it is another site, as providers are.
//
// Version 8.8.1 is the last that is made for Node 20; version 9 wants 22.

import { generateKeyPair, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { Provider } from 'oidc-provider';
import MemoryAdapter from 'oidc-provider/lib/adapters/memory_adapter.js';

// The secret has what must be encoded in a header of HTTP Basic.
export const client = { id: 'routebook+e2e', secret: 'e2e: 100% secret+/=&?' };

export const scopes = ['openid', 'profile', 'email', 'groups'];

const hour = 3600;

const failures = ['server_error', 'grant.error', 'userinfo.error', 'end_session.error', 'backchannel.error'];

// `clientUrl` is where Routebook is, `name` what its configuration calls this provider. Accounts are
// { id, name, email, groups }.
export async function startOidcProvider({ clientUrl, name, accounts }) {
  const server = createServer().listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const settings = configuration({ clientUrl, name, accounts });
  const [asked, problems] = [[], []];
  const withNewKey = async () => {
    const provider = new Provider(issuer, { ...settings, jwks: { keys: [await newKey()] } });
    for (const failure of failures) {
      provider.on(failure, (_, error) => problems.push(`${failure}: ${error.error_description ?? error.message}`));
    }
    return provider;
  };
  let provider = await withNewKey();
  server.on('request', (request, response) => {
    asked.push(request.url.split('?')[0]);
    const answer = request.url.startsWith('/interaction/') ? askWho(provider, accounts) : provider.callback();
    answer(request, response).catch((error) => refuse(response, error, problems));
  });
  return {
    issuer,
    endSessionUrl: `${issuer}/session/end`,
    // What went wrong on its side.
    problems,
    // How often something was asked for: /jwks, /me (which is the userinfo), /token
    asked: (path) => asked.filter((one) => one === path).length,
    // Signs with a new key from now on, and publishes no other. People stay signed in.
    rotateKeys: async () => { provider = await withNewKey(); },
    async stop() {
      const closed = once(server.close(), 'close');
      server.closeAllConnections();
      await closed;
    },
  };
}

function configuration({ clientUrl, name, accounts }) {
  return {
    adapter: Memory,
    clients: [registration(clientUrl, name)],
    scopes,
    // By their scopes, and not in the id token: `conformIdTokenClaims` is so by default.
    claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'], groups: ['groups'] },
    findAccount: (_, id) => account(accounts.find((one) => one.id === id)),
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: true, logoutSource: askWhetherToLeave, postLogoutSuccessSource: sayGoodbye },
    },
    loadExistingGrant: consent,
    renderError: (context, { error, error_description: why }) => {
      context.type = 'html';
      context.body = page('Refused', `<p>${escaped(`${error}: ${why}`)}</p>`);
    },
    cookies: { keys: [randomBytes(32).toString('hex')], long: { httpOnly: true, sameSite: 'lax' } },
    ttl: { AccessToken: hour, Grant: hour, IdToken: hour, Interaction: hour, Session: hour },
  };
}

// Without the warning that the provider's own is for development.
class Memory extends MemoryAdapter {}

function registration(clientUrl, name) {
  // By address: the name may lead to ::1 first, where nobody listens.
  const direct = clientUrl.replace('//localhost:', '//127.0.0.1:');
  return {
    client_id: client.id,
    client_secret: client.secret,
    redirect_uris: [`${clientUrl}/auth/callback`],
    post_logout_redirect_uris: [`${clientUrl}/auth/signed-out`],
    backchannel_logout_uri: `${direct}/auth/back-channel/${name}`,
    // Then tokens say which of the provider's sessions they are of.
    backchannel_logout_session_required: true,
  };
}

function account(known) {
  if (!known) return undefined;
  const { id, ...claims } = known;
  return { accountId: id, claims: () => ({ sub: id, email_verified: true, ...claims }) };
}

// Nobody is asked whether Routebook may know their name: it is the organisation's own.
async function consent({ oidc }) {
  const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
  grant.addOIDCScope(scopes.join(' '));
  await grant.save();
  return grant;
}

async function newKey() {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomBytes(8).toString('hex'), use: 'sig', alg: 'RS256' };
}

// The page on which one says who one is.
function askWho(provider, accounts) {
  return async (request, response) => {
    if (request.method !== 'POST') {
      await provider.interactionDetails(request, response);
      return send(response, page('Who are you?', choices(accounts)));
    }
    const chosen = new URLSearchParams(await text(request)).get('account');
    const result = chosen
      ? { login: { accountId: chosen } }
      : { error: 'access_denied', error_description: 'The person went back.' };
    return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  };
}

function choices(accounts) {
  const buttons = accounts.map(({ id, name }) =>
    `<p><button name="account" value="${escaped(id)}">${escaped(name)}</button></p>`);
  return `<form method="post">${buttons.join('')}<p><button name="account" value="">Go back</button></p></form>`;
}

function askWhetherToLeave(context, form) {
  context.body = page('Sign out everywhere?', `${form}
    <button type="submit" form="op.logoutForm" name="logout" value="yes">Yes, sign me out</button>`);
}

function sayGoodbye(context) {
  context.body = page('You are signed out everywhere', '');
}

function page(title, content) {
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>
    <link rel="icon" href="data:,"></head><body><main><h1>${title}</h1>${content}</main></body></html>`;
}

const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

function send(response, html, status = 200) {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  response.end(html);
}

function refuse(response, error, problems) {
  problems.push(String(error));
  if (!response.headersSent) send(response, page('Refused', `<p>${escaped(String(error))}</p>`), 400);
  else response.destroy();
}

import { request } from 'node:http';

export const title = 'the door is locked: headers, caches, health, other sites and other hosts';

export default async function ({ page, step, expect, baseUrl }) {
  const cookies = await page.context().cookies(baseUrl);
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const get = (path) => send(baseUrl, path, { headers: { cookie } });

  step('a page tells the browser what it may do');
  const { headers, text } = await get('/ingresses');
  const policy = headers['content-security-policy'];
  for (const part of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"]) {
    expect.match(policy, new RegExp(part));
  }
  expect.equal(/unsafe-inline|unsafe-eval'|\*/.test(policy.replace("'wasm-unsafe-eval'", '')), false, policy);
  const nonce = policy.match(/'nonce-([^']+)'/)[1];
  const scripts = [...text.matchAll(/<script\b[^>]*>/g)].map(([tag]) => tag);
  expect.equal(scripts.length > 0, true);
  for (const tag of scripts) expect.match(tag, new RegExp(`nonce="${nonce}"`));
  expect.equal((await get('/ingresses')).headers['content-security-policy'] === policy, false, 'a nonce is used once');
  expect.equal(headers['x-content-type-options'], 'nosniff');
  expect.equal(headers['x-frame-options'], 'DENY');
  expect.equal(headers['referrer-policy'], 'same-origin');
  expect.equal(headers['cross-origin-opener-policy'], 'same-origin');
  expect.match(headers['cache-control'], /private|no-store/);

  await stayOutside({ step, expect, baseUrl, cookies });

  step('what a page loads is kept for ever, and under another address after a change');
  const assets = [];
  page.on('response', (response) => {
    if (response.url().includes('/assets/')) assets.push(response);
  });
  await page.goto('/ingresses');
  await expect.visible(page.getByText('Live', { exact: true }));
  expect.equal(assets.length >= 3, true, 'style, script and wasm');
  for (const asset of assets) expect.match(asset.headers()['cache-control'], /immutable/, asset.url());
  expect.equal((await get('/assets/another-build/app.css')).status, 404);

  step('it says that it is alive and ready, and what is ready to whoever may read about it');
  expect.equal((await get('/healthz')).status, 200);
  const ready = JSON.parse((await get('/readyz')).text);
  expect.equal(ready.ready, true);
  expect.deepEqual(ready.clusters.map(({ name }) => name).toSorted(), ['prod-eu', 'prod-us', 'staging']);

  step('it changes nothing for another site');
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const post = (headers, body = 'theme=dark&back=%2Fingresses') =>
    send(baseUrl, '/preferences', { method: 'POST', headers: { ...form, ...headers } }, body);
  for (const foreign of [
    {}, { origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site', origin: baseUrl },
    { 'sec-fetch-site': 'same-site' },
  ]) {
    const refused = await post(foreign);
    expect.equal(refused.status, 403, JSON.stringify(foreign));
    expect.equal(refused.headers['set-cookie'], undefined);
  }
  expect.equal((await post({ origin: baseUrl })).status, 303);

  step('it leads to no other site');
  const away = await post({ origin: baseUrl }, 'theme=dark&back=%2F%2Fevil.example');
  expect.equal(away.status, 400);

  step('it answers under its own name only');
  for (const host of ['evil.example', 'localhost.evil.example', '10.0.0.1']) {
    expect.equal((await send(baseUrl, '/ingresses', { headers: { host } })).status, 421, host);
  }
  expect.equal((await send(baseUrl, '/ingresses', { headers: { cookie, host: 'localhost' } })).status, 200);
  const believed = { host: 'evil.example', 'x-forwarded-host': 'localhost', 'x-forwarded-proto': 'https' };
  expect.equal((await send(baseUrl, '/ingresses', { headers: { cookie, ...believed } })).status, 421);
}

// Who is not signed in learns nothing, not even which clusters there are.
async function stayOutside({ step, expect, baseUrl, cookies }) {
  const get = (path, headers) => send(baseUrl, path, { headers });

  step('the cookie of a session is out of reach for scripts and for forms of other sites');
  const session = cookies.find(({ name }) => name === 'routebook');
  expect.equal(session.httpOnly, true);
  expect.equal(session.sameSite, 'Lax');
  expect.equal(session.path, '/');

  step('without it every page leads to the sign-in, and back');
  for (const path of ['/', '/ingresses?cluster=staging', '/owners', '/status', '/audit', '/me', '/no/such/page']) {
    const { status, headers } = await get(path);
    expect.equal(status, 303, path);
    const to = new URL(headers.location, baseUrl);
    expect.equal(to.origin, baseUrl);
    expect.equal(to.pathname, '/auth/sign-in');
    expect.equal(to.searchParams.get('back'), path);
    expect.equal(headers['set-cookie'], undefined, 'who only looks gets no session');
  }

  step('a session that somebody makes up is none');
  for (const made of [`routebook=${'A'.repeat(session.value.length)}`, 'routebook=', `routebook=${session.value}A`]) {
    expect.equal((await get('/ingresses', { cookie: made })).status, 303, made);
  }

  step('programs are told to sign in, and nothing else');
  for (const path of ['/api/v1/ingresses', '/export/inventory.csv', '/export/audit.jsonl', '/events']) {
    expect.equal((await get(path)).status, 401, path);
  }
  expect.deepEqual(JSON.parse((await get('/readyz')).text), { ready: true });
}

// Not by `fetch`, which would not let us say another host.
function send(baseUrl, path, options, body) {
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(path, baseUrl), options, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, text: Buffer.concat(chunks).toString() }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

import { request } from 'node:http';

export const title = 'the door is locked: headers, caches, health, other sites and other hosts';

export default async function ({ page, step, expect, baseUrl }) {
  step('a page tells the browser what it may do');
  const { headers, text } = await get(baseUrl, '/ingresses');
  const policy = headers['content-security-policy'];
  for (const part of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"]) {
    expect.match(policy, new RegExp(part));
  }
  expect.equal(/unsafe-inline|unsafe-eval'|\*/.test(policy.replace("'wasm-unsafe-eval'", '')), false, policy);
  const nonce = policy.match(/'nonce-([^']+)'/)[1];
  const scripts = [...text.matchAll(/<script\b[^>]*>/g)].map(([tag]) => tag);
  expect.equal(scripts.length > 0, true);
  for (const tag of scripts) expect.match(tag, new RegExp(`nonce="${nonce}"`));
  expect.equal((await get(baseUrl, '/ingresses')).headers['content-security-policy'] === policy, false, 'a nonce is used once');
  expect.equal(headers['x-content-type-options'], 'nosniff');
  expect.equal(headers['x-frame-options'], 'DENY');
  expect.equal(headers['referrer-policy'], 'same-origin');
  expect.equal(headers['cross-origin-opener-policy'], 'same-origin');
  expect.match(headers['cache-control'], /private|no-store/);

  step('what a page loads is kept for ever, and under another address after a change');
  const assets = [];
  page.on('response', (response) => {
    if (response.url().includes('/assets/')) assets.push(response);
  });
  await page.goto('/ingresses');
  await expect.visible(page.getByText('Live', { exact: true }));
  expect.equal(assets.length >= 3, true, 'style, script and wasm');
  for (const asset of assets) expect.match(asset.headers()['cache-control'], /immutable/, asset.url());
  expect.equal((await get(baseUrl, '/assets/another-build/app.css')).status, 404);

  step('it says that it is alive and ready');
  expect.equal((await get(baseUrl, '/healthz')).status, 200);
  const ready = JSON.parse((await get(baseUrl, '/readyz')).text);
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
  expect.equal((await send(baseUrl, '/ingresses', { headers: { host: 'localhost' } })).status, 200);
}

const get = (baseUrl, path) => send(baseUrl, path, {});

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

import { follow, places, rows, search } from '../lib/list.mjs';
import { ingressPath } from '../lib/kubernetes.mjs';
import { create, manifest, pathsOf } from '../lib/manifests.mjs';

export const title = 'a person reads everything about one ingress, and what is written in it stays text';

export default async function (given) {
  await readTheWidest(given);
  await readAProblem(given);
  await readStrangeTexts(given);
  await readMarkupEverywhere(given);
  await lookForAnUnknownOne(given);
}

async function openByName(page, name) {
  await page.goto('/ingresses');
  await search(page, name);
  await follow(page, () => page.getByRole('link', { name, exact: true }).click());
}

async function readTheWidest({ page, step, expect, axe, cluster }) {
  step('300 routes: the first are shown, and all on request');
  await openByName(page, 'legacy-shop-redirects');
  await expect.text(page.getByRole('heading', { level: 1 }), 'edge-public/legacy-shop-redirects');
  const table = page.getByRole('region', { name: 'Table of the routes' });
  await expect.count(table.locator('tbody tr'), 200);
  await axe(page);
  await follow(page, () => page.getByRole('link', { name: 'Show all 300' }).click());
  await expect.count(table.locator('tbody tr'), 300);

  step('each route says where it leads and whether anything answers there');
  const { spec, metadata } = await cluster.get(ingressPath('edge-public', 'legacy-shop-redirects'));
  const hosts = await table.locator('[data-label=Host]').allInnerTexts();
  expect.deepEqual(hosts, spec.rules.map((rule) => rule.host));
  await expect.text(table.locator('[data-label=Backend]'), 'edge-router:http');
  await expect.text(table.locator('[data-label="State of the backend"]'), 'exists, 1 endpoint ready');

  step('the summary has its place, class, address and identity');
  const facts = page.locator('.facts');
  for (const text of ['prod-eu', 'nginx', '203.0.113.10', metadata.uid]) await expect.text(facts, text);
  await expect.text(page.locator('#freshness'), 'prod-eu as of');
}

async function readAProblem({ page, step, expect, axe, clusters }) {
  step('a problem is explained, and stands at the route that has it');
  await page.goto('/ingresses?problem=service-missing');
  const { Cluster, Namespace, Name } = (await rows(page))[0];
  const object = await clusters[Cluster].get(ingressPath(Namespace, Name));
  const services = pathsOf(object).map(({ backend }) => backend.service?.name);
  await follow(page, () => page.locator('.inventory tbody a').first().click());
  const problem = page.locator('.problems > li').first();
  await expect.text(problem, 'Service missing');
  await expect.text(problem, 'it does not exist, so requests to its routes fail. Create the Service');
  const missing = await problem.locator('strong').innerText();
  expect.equal(services.includes(missing), true, `${missing} should be one of ${services}`);
  await expect.visible(page.locator('[data-label="State of the backend"] .badge.bad'));

  step('labels, and the manifest with its managed fields folded away');
  const key = Object.keys(object.metadata.labels)[0];
  const label = page.locator('[aria-labelledby=labels] .pairs > div', { hasText: key });
  await expect.text(label.locator('dd'), object.metadata.labels[key]);
  const yaml = await page.locator('#manifest').innerText();
  expect.match(yaml, /^apiVersion: networking\.k8s\.io\/v1\nkind: Ingress\nmetadata:\n/);
  expect.equal(yaml.includes('managedFields'), false);
  const managed = page.getByRole('region', { name: 'Managed fields' });
  expect.equal(await managed.isVisible(), false);
  await page.getByText('Managed fields (who set what').click();
  await expect.text(managed, 'manager:');
  await axe(page);
}

async function readStrangeTexts({ page, step, expect, axe }) {
  step('text that hides or turns round is shown by its code points');
  await openByName(page, 'spring-campaign');
  const annotations = page.locator('[aria-labelledby=annotations]');
  await expect.text(annotations, '<img src=x onerror=alert(1)>');
  await annotations.getByText('characters', { exact: false }).first().click();
  await expect.text(annotations.locator('details').first(), 'safe[U+202E]gpj.exe[U+202C]');
  expect.equal((await page.locator('body').innerText()).includes('\u202e'), false);
  expect.equal(await page.locator('main img').count(), 0);
  await axe(page);

  step('200 kB in one annotation are folded, and do not widen the page');
  await openByName(page, 'content-policy');
  await expect.text(page.locator('[aria-labelledby=annotations] summary'), /20\d,\d{3} characters/);
}

// As far as the API server lets it in, as a real one does.
function hostile() {
  const run = 'window.__xss = 1';
  const object = manifest('edge-public', 'hostile', 'hostile.marrowby.example', {
    metadata: {
      annotations: {
        'kubernetes.io/ingress.class': `"><script>${run}</script>`,
        'marrowby.example/script': `<script>${run}</script>`,
        'marrowby.example/textarea': `</textarea></pre></title></style><script>${run}</script>`,
        'marrowby.example/image': `<img src=x onerror="${run}"><svg onload="${run}">`,
        'marrowby.example/attribute': `" onmouseover="${run}" autofocus onfocus="${run}" x="' onload='${run}`,
        'marrowby.example/comment': `--><!--><script>${run}</script>`,
        'marrowby.example/link': `javascript:${run}`,
        'marrowby.example/template': `{{constructor.constructor('${run}')()}} \${${run}}`,
        'marrowby.example/controls': 'a\u0000b\u0007c\u001b[2Jd\u007fe\u0085f\u202eg\u2066h\u200bi\r\nj\u2028k',
        'marrowby.example/long': `<script>${run}</script>`.repeat(100),
      },
    },
  });
  delete object.spec.ingressClassName;
  const markup = `<img src=x onerror='${run}'>`;
  object.spec.rules[0].http.paths.push(
    {
      path: `/<script>${run}</script>`, pathType: 'ImplementationSpecific',
      backend: { service: { name: 'edge-router', port: { name: 'http' } } },
    },
    {
      path: `/"onfocus="${run}"autofocus="`, pathType: 'ImplementationSpecific',
      backend: { resource: { apiGroup: 'example.com', kind: markup, name: markup } },
    },
  );
  return object;
}

async function readMarkupEverywhere({ page, step, expect, axe, cluster }) {
  step('markup in every field is text: in the list');
  await create(cluster, hostile());
  const inert = async () => {
    expect.equal(await page.evaluate(() => globalThis.__xss), undefined);
    expect.equal(await page.locator('main :is(img, script:not([nonce]), [onerror], [onload], [onfocus])').count(), 0);
  };
  await expect.eventually(async () => {
    await page.goto('/ingresses?q=hostile.marrowby');
    expect.deepEqual(await places(page), ['prod-eu edge-public/hostile']);
  });
  await expect.text(page.locator('[data-label=Class]'), '"><script>window.__xss = 1</script>');
  await inert();
  await axe(page);

  step('in the filters');
  await page.getByText(/^More filters/).click();
  const option = page.locator('#class').locator('option', { hasText: '<script>' });
  await expect.count(option, 1);
  await page.locator('#class').selectOption(await option.getAttribute('value'));
  await follow(page, () => page.getByRole('button', { name: 'Apply' }).click());
  expect.deepEqual(await places(page), ['prod-eu edge-public/hostile']);
  await inert();
  await search(page, '<script>alert(1)</script>"\'><b>');
  expect.equal(await page.locator('#search').inputValue(), '<script>alert(1)</script>"\'><b>');
  await inert();

  step('and on its page');
  await openByName(page, 'hostile');
  const main = page.getByRole('main');
  for (const text of [
    '/<script>window.__xss = 1</script>',
    '</textarea></pre></title></style><script>',
    '<img src=x onerror="window.__xss = 1"><svg onload=',
    "<img src=x onerror='window.__xss = 1'>",
    'javascript:window.__xss = 1',
  ]) await expect.text(main, text);
  for (const details of await page.locator('details').all()) {
    await details.locator('summary').click();
  }
  await expect.text(main, 'a[U+0000]b[U+0007]c[U+001B][2Jd[U+007F]e[U+0085]f[U+202E]g[U+2066]h[U+200B]i[U+000D]');
  await expect.count(main.locator('a[href^="javascript:"]'), 0);
  await inert();
  await axe(page);
  await cluster.delete(ingressPath('edge-public', 'hostile'));
}

async function lookForAnUnknownOne({ page, step, allow, expect, axe }) {
  allow(/\b404\b/);
  for (const address of ['/ingresses/999999', '/ingresses/not-a-number', '/ingresses/-1', '/no/such/page']) {
    step(`${address} is not found, and leads back`);
    const answer = await page.goto(address);
    expect.equal(answer.status(), 404);
    await expect.visible(page.getByRole('heading', { name: 'Not found' }));
  }
  await axe(page);
  await follow(page, () => page.getByRole('link', { name: 'All ingresses' }).click());
  await expect.visible(page.locator('.inventory'));
}

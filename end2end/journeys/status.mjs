import assert from 'node:assert/strict';

export const title = 'whoever runs Routebook sees what it reads, what it may not read, and what to do about it';

const kinds = ['Namespace', 'IngressClass', 'Service', 'EndpointSlice', 'Ingress'];

// The kinds that every cluster has, with their states. Certificates are there where cert-manager is.
async function states(table) {
  const names = await table.getByRole('rowheader').allInnerTexts();
  const states = await table.locator('[data-label=State]').allInnerTexts();
  const pairs = names.map((name, index) => [name, states[index]]);
  return Object.fromEntries(pairs.filter(([name]) => name !== 'Certificate'));
}

const all = (state) => Object.fromEntries(kinds.map((kind) => [kind, state(kind)]));

export default async function (given) {
  await readEveryKind(given);
  await missAPermission(given);
}

async function readEveryKind({ page, step, expect, axe, clusters }) {
  step('every cluster has a table of the kinds that are read');
  await page.goto('/status');
  for (const cluster of Object.values(clusters)) {
    const { items } = await cluster.get('/apis/networking.k8s.io/v1/ingresses');
    const table = page.getByRole('region', { name: `Kinds that are read in ${cluster.name}` });
    expect.deepEqual(await states(table), all(() => 'up to date'));
    const certificates = table.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'Certificate' }) });
    await expect.text(certificates.locator('[data-label=State]'), /up to date|not installed|not permitted/);
    const ingresses = table.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'Ingress', exact: true }) });
    await expect.text(ingresses.locator('[data-label=Objects]'), new RegExp(`^${items.length}$`));
    await expect.text(ingresses.locator('[data-label="Data as of"]'), /UTC \((a moment|\d+ minutes?) ago\)/);
    await expect.text(page.locator('#freshness'), new RegExp(`${cluster.name} as of`));
  }
  await axe(page);
}

async function missAPermission({ open, elsewhere, step, expect, axe }) {
  step('a role without Services: the kind is not permitted, and the others are read');
  const at = await elsewhere({ options: ['--ingresses', '40'], role: role(['namespaces']) });
  const page = await open({ at, permissions: ['clipboard-read', 'clipboard-write'] });
  await page.goto('/status');
  const table = page.getByRole('region', { name: 'Kinds that are read in prod-us' });
  const others = all((kind) => (kind === 'Service' ? 'not permitted' : 'up to date'));
  await expect.eventually(async () => assert.deepEqual(await states(table), others));
  await axe(page);

  step('the rule that is missing stands there, word for word, to be copied');
  const rule = page.locator('#rule-prod-us-services');
  const wanted = '- apiGroups: [""]\n  resources: ["services"]\n  verbs: ["list", "watch"]';
  expect.equal((await rule.innerText()).trim(), wanted);
  await page.locator('.code', { has: rule }).getByRole('button', { name: 'Copy' }).click();
  await expect.text(page.locator('#said'), 'Copied');
  expect.equal((await page.evaluate(() => navigator.clipboard.readText())).trim(), wanted);

  step('the list does not pass off what was not checked as all right');
  await page.goto('/ingresses?problem=unchecked');
  await expect.text(page.locator('[data-label=Problems]'), 'not checked: Services');
  await expect.text(page.locator('#freshness li', { hasText: 'prod-us' }), 'why?');
  await axe(page);

  step('nobody is called an orphan where a Service may name the owner');
  await page.goto('/ingresses?owner=-');
  for (const text of await page.locator('[data-label=Owner]').allInnerTexts()) {
    expect.match(text, /None found\s+not checked: Services/);
  }
  await page.goto('/owners');
  await expect.text(page.locator('.notice'), 'some orphans may have one');
  await axe(page);

  step('the rule is added, and the page shows by itself that it helped');
  await page.goto('/status');
  for (const cluster of Object.values(at.clusters)) {
    const path = '/apis/rbac.authorization.k8s.io/v1/clusterroles/routebook';
    const now = await cluster.get(path);
    await cluster.put(path, { ...now, rules: rules(['namespaces', 'services']) });
  }
  const upToDate = all(() => 'up to date');
  await expect.eventually(async () => assert.deepEqual(await states(table), upToDate), 30_000);
  await expect.absent(rule);
}

const read = ['get', 'list', 'watch'];

function rules(core) {
  return [
    { apiGroups: ['networking.k8s.io'], resources: ['ingresses', 'ingressclasses'], verbs: read },
    { apiGroups: [''], resources: core, verbs: read },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: read },
  ];
}

// JSON is YAML.
function role(core) {
  const api = 'rbac.authorization.k8s.io';
  const metadata = { name: 'routebook' };
  const subjects = [{ kind: 'ServiceAccount', name: 'routebook', namespace: 'routebook' }];
  const documents = [
    { apiVersion: `${api}/v1`, kind: 'ClusterRole', metadata, rules: rules(core) },
    {
      apiVersion: `${api}/v1`, kind: 'ClusterRoleBinding', metadata, subjects,
      roleRef: { apiGroup: api, kind: 'ClusterRole', name: 'routebook' },
    },
  ];
  return documents.map((document) => JSON.stringify(document)).join('\n---\n');
}

import { field, filter, filterForm, follow, found, rows } from '../lib/list.mjs';

export const title = 'a person chooses columns, filters by what is known, and takes the list along';

export default async function ({ page, withoutJavaScript, step, allow, expect, axe, baseUrl }) {
  const scripted = { page, step, expect, check: axe, baseUrl };
  await chooseColumns(scripted);
  await usePresets(scripted);
  await filterByStates(scripted);
  await filterByMore(scripted);
  await readTheWords(scripted);
  await takeItAlong(scripted);

  step('a number of days that is none is refused with the reason');
  allow(/\b400\b/);
  await page.goto('/ingresses?unused=soon');
  await expect.text(page.getByRole('main'), 'a number of days from 1');

  await withoutJavaScript(async (plain) => {
    const bare = { page: plain, step: (text) => step(`without JavaScript: ${text}`), expect, check: () => {}, baseUrl };
    await chooseColumns(bare);
    await usePresets(bare);
    await filterByMore(bare);
  });
}

const heads = (page) => page.locator('.inventory thead th').evaluateAll((elements) =>
  elements.map((head) => head.innerText.replace(/[↑↓]/g, '').trim()));

const usual = ['Cluster', 'Namespace', 'Name', 'Hosts', 'Class', 'Owner', 'Age', 'Last traffic', 'TLS', 'Problems'];

async function chooseColumns({ page, step, expect, check, baseUrl }) {
  step('columns are chosen, and stand in the address');
  await page.goto('/ingresses');
  expect.deepEqual(await heads(page), usual);
  await page.getByText('Columns', { exact: true }).click();
  const chooser = page.locator('.chooser');
  for (const name of ['Hosts', 'Class', 'Age', 'Problems']) await chooser.getByLabel(name, { exact: true }).uncheck();
  for (const name of ['Managed by', 'Last changed']) await chooser.getByLabel(name, { exact: true }).check();
  await check(page);
  await follow(page, () => page.getByRole('button', { name: 'Show these columns' }).click());
  const chosen = ['Cluster', 'Namespace', 'Name', 'Owner', 'Last changed', 'Last traffic', 'TLS', 'Managed by'];
  expect.deepEqual(await heads(page), chosen);
  const address = `${baseUrl}/ingresses?columns=cluster%2Cnamespace%2Cowner%2Cchanged%2Ctraffic%2Ctls%2Cmanaged`;
  expect.equal(page.url(), address);

  step('and stay while one filters and sorts');
  await filter(page, { Cluster: 'staging' });
  expect.deepEqual(await heads(page), chosen);
  await follow(page, () => page.getByRole('columnheader', { name: 'Owner' }).getByRole('link').click());
  expect.deepEqual(await heads(page), chosen);
  await page.getByText('Columns', { exact: true }).click();
  await follow(page, () => page.getByRole('link', { name: 'Usual columns' }).click());
  expect.deepEqual(await heads(page), usual);
  expect.equal(page.url(), `${baseUrl}/ingresses?cluster=staging&sort=owner`);
}

async function usePresets({ page, step, expect, check }) {
  const lists = page.getByRole('navigation', { name: 'Lists' });
  for (const name of ['Stale', 'Orphans', 'Expiring', 'No TLS', 'New this month']) {
    step(`"${name}" is a link, and says when it is the list that is shown`);
    await page.goto('/ingresses');
    expect.equal(await lists.locator('[aria-current]').innerText(), 'All');
    await follow(page, () => lists.getByRole('link', { name }).click());
    expect.equal(await lists.locator('[aria-current]').innerText(), name);
    await expect.visible(page.locator('.chips'));
    await check(page);
  }

  step('what is set stands below the form, and a click takes it away');
  await page.goto('/ingresses?owner=-&tls=none');
  await expect.count(page.locator('.chip'), 2);
  await follow(page, () => page.getByRole('link', { name: 'Remove the filter Owner: Orphans' }).click());
  expect.equal(new URL(page.url()).search, '?tls=none');
  await follow(page, () => page.locator('.chip').click());
  expect.equal(new URL(page.url()).search, '');
  await expect.absent(page.locator('.chips'));
}

// Value and label of each entry of a select, without the first, which is all.
const entries = (page, label) => field(page, label).locator('option').evaluateAll((options) =>
  options.slice(1).map(({ value, innerText, textContent }) => ({ value, label: (innerText || textContent).trim() })));

async function filterByStates({ page, step, expect, check }) {
  await page.goto('/ingresses');
  const total = await found(page);
  for (const [label, column] of [['Traffic', 'Last traffic'], ['TLS', 'TLS']]) {
    let sum = 0;
    // While certificates are looked at, an ingress may change its state between two lists.
    for (let attempt = 0; attempt < 8 && sum !== total; attempt += 1) {
      if (attempt > 0) await page.waitForTimeout(5_000);
      sum = 0;
      for (const state of await entries(page, label)) {
        step(`filter by ${label}: ${state.label}`);
        await filter(page, { [label]: state.value });
        sum += await found(page);
        for (const row of await rows(page)) expect.equal(row[column].startsWith(state.label), true, row[column]);
      }
    }
    await check(page);
    expect.equal(sum, total, `every ingress has one state of ${label}`);
    await filter(page, { [label]: '' });
  }

  step('filter by owner');
  const owners = await entries(page, 'Owner');
  expect.equal(owners[0].value, '-');
  expect.equal(owners.length > 1, true, 'somebody owns something');
  for (const owner of owners.slice(1, 4)) {
    await filter(page, { Owner: owner.value });
    expect.equal((await found(page)) > 0, true, owner.label);
    for (const { Owner } of await rows(page)) expect.equal(Owner.startsWith(owner.label.slice(0, 50)), true, Owner);
  }
}

async function filterByMore({ page, step, expect, check }) {
  step('more filters are folded away until they are used');
  await page.goto('/ingresses?columns=managed,age');
  const total = await found(page);
  expect.equal(await field(page, 'New within').isVisible(), false);
  await filter(page, { 'New within': '30', 'Managed by': 'helm' });
  expect.equal(await field(page, 'New within').inputValue(), '30');
  await expect.visible(field(page, 'New within'));
  await expect.text(page.locator('.more summary'), 'More filters (2 set)');
  expect.equal((await found(page)) < total, true);
  for (const row of await rows(page)) expect.match(row['Managed by'], /^Helm/);
  await check(page);

  step('filter by controller');
  await page.goto('/ingresses');
  await filterForm(page).getByText('More filters').click();
  const controllers = await entries(page, 'Controller');
  expect.equal(controllers.length > 1, true, 'some controller is known');
  for (const { value, label } of controllers.slice(1, 3)) {
    await filter(page, { Controller: value });
    expect.equal((await found(page)) > 0, true, label);
    for (const { Class } of await rows(page)) expect.equal(Class.includes(label), true, `${Class}: ${label}`);
  }
}

async function readTheWords({ page, step, expect, check }) {
  step('every word of the list is explained below it');
  await page.goto('/ingresses');
  const words = page.locator('.words');
  await words.getByText('What these words mean').click();
  for (const word of ['Not measurable', 'Only errors', 'Ended upstream', 'Name mismatch', 'Orphan', 'GitOps']) {
    await expect.visible(words.locator('dt', { hasText: word }));
  }
  for (const meaning of await words.locator('dd').allInnerTexts()) expect.match(meaning, /\w{3,}.*\.$/s);
  await check(page);
}

async function takeItAlong({ page, step, expect }) {
  step('the list is a file, with its filters');
  await page.goto('/ingresses?owner=-&sort=name');
  const count = await found(page);
  const csv = page.getByRole('link', { name: 'CSV' });
  expect.equal(await csv.getAttribute('href'), '/export/inventory.csv?owner=-&sort=name');
  const table = await page.request.get('/export/inventory.csv?owner=-&sort=name');
  expect.equal(table.status(), 200);
  expect.match(await table.text(), /cluster,namespace,name,uid/);
  const lines = await page.request.get(await page.getByRole('link', { name: 'JSON Lines' }).getAttribute('href'));
  expect.equal(lines.status(), 200);
  expect.equal((await lines.text()).trim().split('\n').length >= count, true);
}

import { allIngresses, classOf, pathsOf, placeOf } from '../lib/manifests.mjs';
import { clear, countText, field, filter, follow, found, head, place, places, rows, search, sortBy } from '../lib/list.mjs';

export const title = 'a person finds ingresses by words, filters, order and pages, and shares the address';

export default async function ({ page, open, step, allow, expect, axe, clusters, baseUrl }) {
  const all = await allIngresses(clusters);
  const byPlace = new Map(all.map((one) => [placeOf(one), one]));

  step('the list says how much there is and how fresh it is');
  await page.goto('/ingresses');
  await expect.text(page.getByRole('heading', { level: 1 }), `Ingresses — ${all.length}`);
  await expect.count(page.locator('#freshness li'), 3);
  for (const name of Object.keys(clusters)) {
    await expect.text(page.locator('#freshness li', { hasText: name }), /as of (a moment|\d+ minutes?) ago/);
  }
  await axe(page);

  await searchEverywhere({ page, step, expect, all, byPlace });
  await useEachFilter({ page, step, expect, axe, all, byPlace });
  await sortByEachHead({ page, step, expect });
  await walkAllPages({ page, step, expect, all });

  step('the address is the view: loaded again, and opened by somebody else');
  await page.goto('/ingresses');
  await filter(page, { Search: 'api', Cluster: 'prod-eu', Problems: 'none' });
  await sortBy(page, 'Name');
  await sortBy(page, 'Name');
  await follow(page, () => page.getByRole('link', { name: 'Next →' }).click());
  const seen = await places(page);
  const names = (await rows(page)).map((row) => row.Name);
  expect.deepEqual(names, names.toSorted().toReversed(), 'still in the order that was chosen');
  await page.reload();
  expect.deepEqual(await places(page), seen);
  const other = await open();
  await other.goto(page.url());
  expect.deepEqual(await places(other), seen);
  expect.equal(await field(other, 'Search').inputValue(), 'api');
  expect.equal(await field(other, 'Cluster').inputValue(), 'prod-eu');

  step('the address holds only what was chosen');
  await filter(page, { Problems: '', Search: '' });
  expect.equal(page.url(), `${baseUrl}/ingresses?cluster=prod-eu&sort=-name`);

  step('nothing matches: the list says so and leads back');
  await search(page, 'no-such-thing-anywhere');
  await expect.visible(page.getByRole('heading', { name: 'Nothing matches these filters' }));
  expect.equal(await found(page), 0);
  await axe(page);
  await follow(page, () => page.locator('.empty').getByRole('link', { name: 'Clear filters' }).click());
  expect.equal(page.url(), `${baseUrl}/ingresses`);

  await refuseNonsense({ page, step, allow, expect, axe });
}

async function searchEverywhere({ page, step, expect, all, byPlace }) {
  const one = all.find(({ object }) =>
    object.spec.rules?.[0].host && pathsOf(object).some(({ path }) => path?.length > 4));
  const { metadata, spec } = one.object;
  const path = pathsOf(one.object).map((entry) => entry.path).find((text) => text?.length > 4);
  const service = pathsOf(one.object).find(({ backend }) => backend.service).backend.service.name;
  const words = {
    host: spec.rules[0].host, name: metadata.name, namespace: metadata.namespace, service, path,
    'host and name in other cases': `${spec.rules[0].host.toUpperCase()} ${metadata.name}`,
  };
  for (const [what, text] of Object.entries(words)) {
    step(`search by ${what}`);
    await search(page, text);
    const shown = await places(page);
    expect.equal(await field(page, 'Search').inputValue(), text);
    const count = await found(page);
    if (count <= 50) {
      expect.equal(shown.includes(placeOf(one)), true, `${placeOf(one)} should be among ${shown}`);
    }
    expect.equal(count > 0 && count < all.length, true, `${count} found`);
    for (const row of shown) {
      const whole = JSON.stringify(byPlace.get(row).object).toLowerCase();
      for (const word of text.toLowerCase().split(' ')) expect.equal(whole.includes(word), true, `${row}: ${word}`);
    }
  }
}

async function useEachFilter({ page, step, expect, axe, all, byPlace }) {
  const filters = [
    ['cluster', { Cluster: 'staging' }, ({ cluster }) => cluster === 'staging'],
    ['class', { Class: 'traefik' }, ({ object }) => classOf(object) === 'traefik'],
    ['no class', { Class: '-' }, ({ object }) => !classOf(object)],
    ['namespace', { Namespace: 'edge-public' }, ({ object }) => object.metadata.namespace === 'edge-public'],
  ];
  for (const [what, fields, matches] of filters) {
    step(`filter by ${what}`);
    await filter(page, { Search: '', Cluster: '', Class: '', Namespace: '', ...fields });
    const expected = all.filter(matches).length;
    expect.equal(expected > 0, true, 'the fleet has some');
    await expect.text(page.locator('#count'), `— ${expected} of ${all.length} match`);
    for (const row of await places(page)) expect.equal(matches(byPlace.get(row)), true, row);
  }

  step('filter by problem');
  for (const [code, label] of [['service-missing', 'Service missing'], ['class-unknown', 'Class unknown']]) {
    await filter(page, { Namespace: '', Problems: code });
    for (const row of await rows(page)) expect.match(row.Problems, new RegExp(label), place(row));
  }
  await axe(page);
  await filter(page, { Problems: 'any' });
  const troubled = await found(page);
  for (const row of await rows(page)) expect.equal(row.Problems === 'none found', false, place(row));
  await filter(page, { Problems: 'none' });
  expect.equal(troubled + (await found(page)), all.length, 'everything has a problem or has none');

  step('clear the filters');
  await clear(page);
  expect.equal(await countText(page), `— ${all.length}`);
  await expect.absent(page.getByRole('link', { name: 'Clear filters' }));
}

async function sortByEachHead({ page, step, expect }) {
  await page.goto('/ingresses?cluster=staging');
  const rising = (values) => values.every((value, index) => index === 0 || values[index - 1] <= value);
  for (const label of ['Namespace', 'Name', 'Hosts', 'Class', 'Owner', 'Age', 'Last traffic', 'TLS', 'Problems', 'Cluster']) {
    step(`sort by ${label}, and the other way round`);
    await sortBy(page, label);
    const [first, second] = label === 'Age' ? ['descending', 'ascending'] : ['ascending', 'descending'];
    expect.equal(await head(page, label).getAttribute('aria-sort'), first);
    const upwards = await rows(page);
    await sortBy(page, label);
    expect.equal(await head(page, label).getAttribute('aria-sort'), second);
    await expect.count(page.locator('th[aria-sort]'), 1);
    const downwards = await rows(page);
    const key = { Age: (row) => row.created, Namespace: (row) => row.Namespace, Name: (row) => row.Name }[label];
    if (key) {
      expect.equal(rising(upwards.map(key)), true, 'in order');
      expect.equal(rising(downwards.map(key).toReversed()), true, 'in the other order');
    }
    expect.equal(place(upwards[0]) === place(downwards[0]), false, 'the other end comes first');
  }
}

async function walkAllPages({ page, step, expect, all }) {
  step('walk through all pages, each ingress once');
  await page.goto('/ingresses?cluster=prod-eu&sort=host');
  const expectedAll = all.filter(({ cluster }) => cluster === 'prod-eu').map(placeOf);
  const next = page.getByRole('link', { name: 'Next →' });
  const previous = page.getByRole('link', { name: '← Previous' });
  const pages = [await places(page)];
  expect.equal(await previous.count(), 0, 'nothing is before the first page');
  while ((await next.count()) > 0) {
    await follow(page, () => next.click());
    pages.push(await places(page));
  }
  expect.equal(pages.length, Math.ceil(expectedAll.length / 50));
  expect.deepEqual(pages.flat().toSorted(), expectedAll.toSorted());

  step('and back to the first');
  for (const expected of pages.slice(0, -1).toReversed()) {
    await follow(page, () => previous.click());
    expect.deepEqual(await places(page), expected);
  }
  expect.equal(await previous.count(), 0);
}

async function refuseNonsense({ page, step, allow, expect, axe }) {
  allow(/\b400\b/);
  for (const [query, said] of [
    ['sort=colour', 'sort="colour" is not known'],
    ['problem=none-such', 'problem="none-such" is not known'],
    ['colour=red', '"colour" is not a filter of this list'],
    ['after=%5B%22x%22%5D', 'the page mark is not one of this list'],
  ]) {
    step(`an address that is no list says why: ${query}`);
    const answer = await page.goto(`/ingresses?${query}`);
    expect.equal(answer.status(), 400);
    await expect.text(page.getByRole('main'), said);
  }
  await axe(page);
  await follow(page, () => page.getByRole('link', { name: 'All ingresses' }).click());
  await expect.visible(page.locator('.inventory'));
}

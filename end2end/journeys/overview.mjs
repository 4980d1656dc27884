import { allIngresses } from '../lib/manifests.mjs';
import { countText, follow, found } from '../lib/list.mjs';

export const title = 'a platform lead sees how all routes stand, and each figure leads to its list';

export default async function ({ page, withoutJavaScript, step, expect, axe, clusters }) {
  const total = (await allIngresses(clusters)).length;

  step('the overview is the first page, and says how many there are and how current that is');
  await page.goto('/');
  await expect.text(page.getByRole('heading', { level: 1 }), 'Overview');
  expect.equal(await page.getByRole('link', { name: 'Overview' }).getAttribute('aria-current'), 'page');
  await expect.count(page.locator('#freshness li'), Object.keys(clusters).length);
  const figures = await readFigures(page);
  expect.equal(figures.length, 8);
  expect.equal(figures[0].count, total);
  await axe(page);

  await addUp({ page, step, expect, total, clusters });
  await readTrends({ page, step, expect });

  step('on paper there is nothing to click, and it is light');
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  expect.equal(await page.getByRole('navigation', { name: 'Main' }).isVisible(), false);
  expect.equal(await page.locator('.figures').isVisible(), true);
  const ground = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  expect.equal(ground, 'rgb(255, 255, 255)');
  await page.emulateMedia({ media: 'screen', colorScheme: 'light' });

  for (const { label, href, count } of figures) {
    step(`"${label}" leads to the list of what it counts`);
    await page.goto(href);
    expect.equal(await found(page), count, await countText(page));
  }

  step('without JavaScript it is all there');
  await withoutJavaScript(async (plain) => {
    await plain.goto('/');
    const same = await readFigures(plain);
    expect.deepEqual(same.map(({ label }) => label), figures.map(({ label }) => label));
    await follow(plain, () => plain.locator('.figure').first().click());
    expect.equal(await found(plain), total);
  });
}

function readFigures(page) {
  return page.locator('.figure').evaluateAll((links) =>
    links.map((link) => ({
      label: link.querySelector('span').innerText,
      count: Number(link.querySelector('strong').innerText.replaceAll(',', '')),
      href: link.getAttribute('href'),
    })));
}

// The numbers of a column of a table.
async function numbers(region, label) {
  const texts = await region.locator(`[data-label="${label}"]`).allInnerTexts();
  return texts.map((text) => Number(text.replaceAll(',', '')));
}

async function addUp({ page, step, expect, total, clusters }) {
  const sum = (values) => values.reduce((all, value) => all + value, 0);
  const regions = ['Figures by cluster', 'Traffic, in numbers', 'TLS state, in numbers', 'Ingresses by controller'];
  for (const name of regions) {
    step(`${name}: the parts are the whole`);
    const region = page.getByRole('region', { name });
    expect.equal(sum(await numbers(region, 'Ingresses')), total);
  }
  const names = await page.getByRole('region', { name: 'Figures by cluster' }).getByRole('rowheader').allInnerTexts();
  expect.deepEqual(names.toSorted(), Object.keys(clusters).toSorted());

  step('each state is explained where it stands');
  for (const name of ['Traffic, in numbers', 'TLS state, in numbers']) {
    const meanings = await page.getByRole('region', { name }).locator('[data-label=Meaning]').allInnerTexts();
    for (const meaning of meanings) expect.match(meaning, /\w{3,}.*\.$/s);
  }
}

async function readTrends({ page, step, expect }) {
  step('trends are shown, or it is said when they will be');
  const trends = page.locator('[aria-labelledby=trends]');
  await expect.text(trends, /Trends begin to show tomorrow: figures are kept once a day since \d{4}-\d\d-\d\d|since \d{4}/);
  const lines = await trends.locator('svg').count();
  expect.equal(lines === 0 || lines === 8, true, `${lines} lines`);
  for (const line of await trends.getByRole('img').all()) {
    expect.match(await line.getAttribute('aria-label'), /: [\d,]+ on \d{4}-\d\d-\d\d, [\d,]+ on \d{4}-\d\d-\d\d/);
  }
}

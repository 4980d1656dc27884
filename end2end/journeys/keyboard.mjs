import { ingressPath } from '../lib/kubernetes.mjs';
import { create, manifest } from '../lib/manifests.mjs';
import { field, filterForm, follow, found, places } from '../lib/list.mjs';

export const title = 'a person without a mouse reaches and uses everything, and sees where the focus is';

export default async function ({ page, step, expect, cluster }) {
  step('the first stop is a link past the head');
  await page.goto('/ingresses');
  await expect.visible(page.getByText('Live', { exact: true }));
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: 'Skip to the content' });
  expect.equal(await focused(page), 'Skip to the content');
  const box = await skip.boundingBox();
  expect.equal(box.y >= 0, true, 'it comes into view');
  await page.keyboard.press('Enter');
  expect.equal(await page.evaluate(() => document.activeElement.id), 'main');

  step('then head, filters, table and pager in the order of the page, each with a visible focus');
  await page.reload();
  await expect.visible(page.getByText('Live', { exact: true }));
  // While the past of the traffic is read, changes may be there to be shown.
  const stops = (await walk(page, expect)).filter((stop) => stop !== 'Show the changes');
  const places50 = await page.locator('.inventory tbody a').allInnerTexts();
  expect.deepEqual(stops, [
    'Skip to the content', 'Routebook', 'Overview', 'Ingresses', 'Owners', 'Campaigns', 'Retirements', 'Status',
    'Signed in as Elena Santos Viewer', 'Sign out',
    'All', 'Stale', 'Orphans', 'Expiring', 'No TLS', 'New this month',
    'search', 'cluster', 'owner', 'traffic', 'tls', 'Apply', 'More filters',
    'Columns', 'CSV', 'JSON Lines',
    'Keep live: show changes as they come',
    'Ingresses; the heads of columns sort',
    'Cluster', 'Namespace', 'Name', 'Hosts', 'Class', 'Owner', 'Age', 'Last traffic', 'TLS', 'Problems',
    ...places50, 'Next →', 'What these words mean', 'Auto', 'Light', 'Dark',
  ]);

  step('/ goes to the search, and writes itself there');
  await page.locator('.inventory tbody a').first().focus();
  await page.keyboard.press('/');
  expect.equal(await focused(page), 'search');
  await page.keyboard.type('a/b');
  expect.equal(await field(page, 'Search').inputValue(), 'a/b');

  step('Enter applies');
  const all = await found(page);
  await field(page, 'Search').fill('legacy-shop');
  await follow(page, () => page.keyboard.press('Enter'));
  expect.equal((await found(page)) < all, true);
  expect.deepEqual(await places(page), ['prod-eu edge-public/legacy-shop-redirects']);

  step('Enter on a name opens it, and the way leads through the long page without a trap');
  await page.locator('.inventory tbody a').first().focus();
  await follow(page, () => page.keyboard.press('Enter'));
  await expect.visible(page.getByText('Live', { exact: true }));
  const detail = await walk(page, expect);
  for (const stop of ['Table of the routes', 'Show all 300', 'Copy', 'Manifest', 'Dark']) {
    expect.equal(detail.includes(stop), true, `${stop} is among ${detail}`);
  }

  step('what changes by itself does not take the focus away, and asks first');
  await page.goto('/ingresses?q=keyboard.marrowby');
  await expect.visible(page.getByText('Live', { exact: true }));
  await page.getByLabel('Keep live').check();
  await create(cluster, manifest('edge-public', 'keyboard', 'keyboard.marrowby.example'));
  await expect.visible(page.locator('.inventory tbody a'));
  await page.locator('.inventory tbody a').focus();
  await cluster.patch(ingressPath('edge-public', 'keyboard'), { spec: { ingressClassName: 'traefik' } });
  const show = page.getByRole('button', { name: 'Show the changes' });
  await expect.visible(show);
  expect.equal(await focused(page), 'keyboard');

  step('after the swap the focus is where the changes are, and Tab goes on from there');
  await show.focus();
  await page.keyboard.press('Enter');
  await expect.text(page.locator('[data-label=Class]'), 'traefik');
  expect.equal(await page.evaluate(() => document.activeElement.id), 'results');
  await page.keyboard.press('Tab');
  expect.equal(await focused(page), 'Ingresses; the heads of columns sort');
  await cluster.delete(ingressPath('edge-public', 'keyboard'));

  step('the form can be left backwards too');
  await page.keyboard.press('/');
  await page.keyboard.press('Shift+Tab');
  expect.equal(await focused(page), 'New this month');
  await expect.visible(filterForm(page));

  step('what is folded away is opened by a key, and what it has can be reached');
  await page.goto('/ingresses');
  await page.getByText('More filters', { exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  expect.equal(await focused(page), 'namespace');
  await page.getByText('Columns', { exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  expect.equal(await focused(page), 'Cluster');
}

// Tabs from the start of the page until the focus leaves it, and says what it met.
async function walk(page, expect) {
  const stops = [];
  for (let count = 0; count < 200; count += 1) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(describe);
    if (stop.name === undefined) return stops;
    expect.equal(stop.outlined, true, `the focus on ${stop.name} can be seen`);
    expect.equal(stop.moved, true, `the focus goes on from ${stop.name}`);
    stops.push(stop.name);
  }
  throw new Error(`the focus never leaves the page: ${stops.slice(-5)}`);
}

const focused = async (page) => (await page.evaluate(describe)).name;

// Runs in the page. Fields have ids that are their names; everything else is called by what it says.
function describe() {
  const element = document.activeElement;
  if (!element || element === document.body) return {};
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const labelledBy = document.getElementById(element.getAttribute('aria-labelledby'));
  const field = element.matches('input, select') && element.id;
  const text = element.getAttribute('aria-label') ?? labelledBy?.textContent
    ?? element.closest('label')?.innerText ?? element.innerText;
  const moved = element !== globalThis.lastFocused;
  globalThis.lastFocused = element;
  return {
    moved,
    name: field || text.replace(/[↑↓]/g, '').replace(/\s+/g, ' ').trim(),
    outlined: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2,
  };
}

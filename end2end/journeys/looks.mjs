import assert from 'node:assert/strict';

export const title = 'everyone can read it: dark, narrow, with forced colours, and without motion';
// The head of the page is the longest for an admin, who sees every page.
export const account = 'admin';

const list = '/ingresses?problem=any&sort=-class';
const every = '/ingresses?columns=cluster,namespace,hosts,class,owner,age,changed,traffic,tls,managed,routes,address,problems';
const empty = '/ingresses?q=nothing-like-this';
const refused = ['/ingresses?sort=colour', '/ingresses/0'];
const people = ['/me', '/audit', '/sessions'];
const door = ['/auth/sign-in', '/auth/sign-in?failed=id-token&provider=marrowby', '/auth/signed-out'];

export default async function ({ page, open, step, allow, expect, axe }) {
  allow(/\b40[034]\b/);
  const [longest, strange] = await addresses(page, ['long-names', 'spring-campaign']);

  const main = ['/', '/owners', list, strange, '/status', ...people];

  // The light is what the other journeys see.
  const views = [
    ['in the dark', { colorScheme: 'dark' }, [...main, empty, ...refused]],
    ['at 375 pixels', { viewport: { width: 375, height: 800 } }, [...main, every]],
    ['with forced colours', { forcedColors: 'active' }, main],
    ['with more contrast', { contrast: 'more' }, ['/', '/owners', list, ...people]],
    ['in the dark, to who has not signed in', { colorScheme: 'dark', account: null }, door],
    ['in the dark, to who has no role', { colorScheme: 'dark', account: 'nobody' }, ['/', '/me', '/audit']],
  ];
  for (const [how, options, paths] of views) {
    const view = await open(options);
    for (const path of paths) {
      step(`${path} ${how}`);
      await view.goto(path);
      await axe(view);
    }
    const ground = await view.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    expect.equal(ground === 'rgb(255, 255, 255)', !options.colorScheme);
    await view.context().close();
  }

  const odd = '/ingresses?namespace=edge-public';
  const widths = [
    [320, [...main, every, odd, empty, longest, ...refused]],
    [320, door, null],
    [320, ['/', '/me'], 'nobody'],
    [320, ['/ingresses', '/status'], 'owner'],
    [1024, ['/', '/owners', list, every, odd, longest, '/status', ...people]],
    [1280, ['/', list, every, odd, ...people]],
  ];
  for (const [width, paths, account] of widths) {
    const view = await open({ viewport: { width, height: 800 }, account });
    for (const path of paths) {
      step(`${path} at ${width} pixels: nothing makes the page scroll sideways`);
      await view.goto(path);
      const [wide, window] = await view.evaluate(() => [
        document.documentElement.scrollWidth, document.documentElement.clientWidth,
      ]);
      assert.ok(wide <= window, `${wide} pixels wide in a window of ${window}`);
      step(`${path} at ${width} pixels: no cell writes into the next`);
      assert.deepEqual(await view.evaluate(overflowing), []);
    }
    await view.context().close();
  }

  step('the usual columns fit into 1280 pixels');
  await page.goto('/ingresses');
  const [table, region] = await page.locator('.table-region').evaluate((element) => [
    element.scrollWidth, element.clientWidth,
  ]);
  assert.ok(table <= region, `${table} pixels in a region of ${region}`);

  step('rows of the list are equally high');
  await page.goto('/ingresses?class=traefik');
  const heights = await page.locator('.inventory tbody tr').evaluateAll((rows) =>
    rows.map((row) => Math.round(row.getBoundingClientRect().height)));
  assert.ok(Math.max(...heights) - Math.min(...heights) <= 2, `${Math.min(...heights)} to ${Math.max(...heights)}`);

  step('nothing moves for those who asked for that, and a change fades for others');
  for (const [reducedMotion, animation] of [['reduce', 'none'], ['no-preference', 'changed']]) {
    const view = await open({ reducedMotion });
    await view.goto('/ingresses?q=legacy-shop');
    const name = await view.locator('.inventory tbody tr').first().evaluate((row) => {
      row.classList.add('changed');
      return getComputedStyle(row).animationName;
    });
    expect.equal(name, animation);
    await view.context().close();
  }
}

async function addresses(page, names) {
  const found = [];
  for (const name of names) {
    await page.goto(`/ingresses?q=${name}`);
    found.push(await page.getByRole('link', { name, exact: true }).getAttribute('href'));
  }
  return found;
}

// Runs in the page: cells whose text can be seen beyond them.
function overflowing() {
  const isCut = (element, cell) =>
    element !== cell && (getComputedStyle(element).overflowX !== 'visible' || isCut(element.parentElement, cell));
  const reachesOut = (text, cell) => {
    const range = document.createRange();
    range.selectNodeContents(text);
    const edge = cell.getBoundingClientRect().right + 1;
    return [...range.getClientRects()].some(({ right }) => right > edge) && !isCut(text.parentElement, cell);
  };
  const cells = [...document.querySelectorAll('td, tbody th, dd')].filter((cell) => {
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      if (reachesOut(texts.currentNode, cell)) return true;
    }
    return false;
  });
  return cells.map((cell) => `${cell.dataset.label ?? cell.tagName}: ${cell.innerText}`);
}

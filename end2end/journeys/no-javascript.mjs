import { filter, follow, found, head, places, rows, search, sortBy } from '../lib/list.mjs';
import { signIn } from '../lib/sign-in.mjs';

export const title = 'everything essential works without JavaScript';
export const account = null;

export default async function ({ withoutJavaScript, step, expect, baseUrl }) {
  await withoutJavaScript(async (page) => {
    step('sign in, and come to the page that was asked for');
    await page.goto('/ingresses');
    await signIn(page, 'viewer');
    expect.equal(page.url(), `${baseUrl}/ingresses`);

    step('the list is there, and nothing that would need a script');
    await expect.text(page.getByRole('heading', { level: 1 }), 'Ingresses —');
    const all = await found(page);
    for (const useless of [page.locator('.news'), page.locator('.copy')]) {
      expect.equal(await useless.filter({ visible: true }).count(), 0);
    }

    step('search');
    await search(page, 'legacy-shop');
    expect.deepEqual(await places(page), ['prod-eu edge-public/legacy-shop-redirects']);
    expect.equal(page.url(), `${baseUrl}/ingresses?q=legacy-shop`, 'without the empty fields of the form');

    step('filter');
    await filter(page, { Search: '', Cluster: 'staging' });
    expect.equal((await found(page)) < all, true);
    for (const row of await rows(page)) expect.equal(row.Cluster, 'staging');

    step('clear, sort, and keep the order while filtering');
    await follow(page, () => page.getByRole('link', { name: 'Clear filters' }).click());
    await sortBy(page, 'Name');
    expect.equal(await head(page, 'Name').getAttribute('aria-sort'), 'ascending');
    await filter(page, { Cluster: 'prod-eu' });
    expect.equal(await head(page, 'Name').getAttribute('aria-sort'), 'ascending');
    const first = await places(page);

    step('page');
    await follow(page, () => page.getByRole('link', { name: 'Next →' }).click());
    expect.equal((await places(page)).some((place) => first.includes(place)), false);
    await follow(page, () => page.getByRole('link', { name: '← Previous' }).click());
    expect.deepEqual(await places(page), first);

    step('open an ingress');
    const name = (await rows(page))[0].Name;
    await follow(page, () => page.locator('.inventory tbody a').first().click());
    await expect.text(page.getByRole('heading', { level: 1 }), `/${name}`);
    await expect.text(page.locator('#manifest'), `name: ${name}`);

    step('switch the theme and come back to the same page');
    const before = page.url();
    await follow(page, () => page.getByRole('button', { name: 'Dark' }).click());
    expect.equal(page.url(), before);
    expect.equal(await page.locator('html').getAttribute('data-theme'), 'dark');
    expect.equal(await page.getByRole('button', { name: 'Dark' }).getAttribute('aria-pressed'), 'true');
    await page.goto('/status');
    expect.equal(await page.locator('html').getAttribute('data-theme'), 'dark', 'on every page');
    await expect.visible(page.getByRole('heading', { name: 'prod-us' }));

    step('sign out');
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.waitForURL(`${baseUrl}/auth/signed-out`);
    await expect.visible(page.getByRole('heading', { name: 'You are signed out' }));
    await page.goto('/status');
    await expect.visible(page.getByRole('heading', { name: 'Sign in to Routebook' }));
  });
}

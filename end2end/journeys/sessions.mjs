import { follow } from '../lib/list.mjs';
import { choose, names, signIn } from '../lib/sign-in.mjs';

export const title = 'an admin sees who is signed in, ends a session, and shuts somebody out until they may come in again';
export const account = 'admin';

// Other journeys begin with the session of a viewer or an admin; this one is nobody's.
const who = 'other-owner';
const name = names[who];

export default async function ({ page, open, step, expect, axe, baseUrl }) {
  step('somebody signs in, at work and at home');
  const at = (address) => open({ account: null, extraHTTPHeaders: { 'x-forwarded-for': address } });
  const [work, home] = [await at('198.51.100.1'), await at('198.51.100.2')];
  for (const browser of [work, home]) {
    await browser.goto('/me');
    await signIn(browser, who);
  }

  step('the admin sees both sessions, from where they are and since when');
  await page.goto('/sessions');
  const person = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name }) });
  await expect.count(person, 1);
  const sessions = person.locator('[data-label=Sessions] li');
  const before = await sessions.count();
  expect.equal(before >= 2, true, `${before} sessions`);
  for (const text of await sessions.allInnerTexts()) {
    expect.match(text, /\d+\.\d+\.\d+\.\d+[^]*Chrome on \w+[^]*begun [^]* ago[^]*ends in/);
  }
  await expect.text(person.locator('[data-label=Account]'), `marrowby-${who}`);
  const own = page.getByRole('row').filter({ hasText: 'this one' });
  await expect.count(own, 1);
  await expect.text(own, names.admin);
  await axe(page);

  step('one session is ended: that browser is out, and the other is not');
  const end = person.getByRole('button', { name: `End the session of ${name} from 198.51.100.1` });
  await follow(page, () => end.click());
  expect.equal(page.url(), `${baseUrl}/sessions`);
  await expect.count(sessions, before - 1);
  await work.reload();
  await expect.visible(work.getByRole('heading', { name: 'Sign in to Routebook' }));
  await home.reload();
  await expect.text(home.getByRole('heading', { level: 1 }), name);

  step('shut out, they are out everywhere, and are told so when they try');
  await follow(page, () => page.getByRole('button', { name: `Disable ${name}` }).click());
  await expect.text(person.locator('[data-label=Sessions]'), 'none');
  await expect.text(person.locator('[data-label=Access]'), 'disabled');
  await axe(page);
  await home.reload();
  await signIn(home, who);
  expect.match(home.url(), /\/auth\/sign-in\?failed=disabled/);
  await expect.text(home.getByRole('main'), 'Your account is disabled in Routebook');
  await axe(home);
  await home.goto('/ingresses');
  await expect.visible(home.getByRole('heading', { name: 'Sign in to Routebook' }));

  step('let in again, they begin where they wanted to');
  await follow(page, () => page.getByRole('button', { name: `Enable ${name}` }).click());
  await signIn(home, who);
  expect.equal(new URL(home.url()).pathname, '/ingresses');

  step('nobody shuts themselves out: somebody must be left to let people in');
  await expect.text(own.locator('[data-label=Access]'), 'You cannot disable yourself.');
  expect.equal(await own.getByRole('button', { name: /^Disable/ }).count(), 0);

  step('another account in the same browser takes the place of the first');
  await home.goto('/auth/sign-in');
  await expect.text(home.locator('.notice'), `You are signed in as ${name}`);
  await home.getByRole('link', { name: 'Sign in with Marrowby' }).click();
  await choose(home, 'viewer');
  await home.waitForURL(`${baseUrl}/`);
  await expect.text(home.locator('.site-head .who'), names.viewer);
  await page.reload();
  await expect.text(person.locator('[data-label=Sessions]'), 'none');
}

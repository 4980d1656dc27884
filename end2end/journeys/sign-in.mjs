import { rows } from '../lib/list.mjs';
import { choose, names, signIn } from '../lib/sign-in.mjs';

export const title = 'everybody signs in with their own account, and sees exactly what the table of rights says';
export const account = null;

// What there is to be read, by the right that it takes.
const table = {
  own: ['/ingresses', '/events', '/retirements'],
  all: [
    '/', '/owners', '/campaigns', '/campaigns/new', '/status',
    '/export/inventory.csv', '/export/inventory.jsonl',
    '/api/v1/ingresses', '/api/v1/clusters', '/api/v1/openapi.json',
  ],
  audit: ['/audit', '/export/audit.csv', '/export/audit.jsonl'],
  review: ['/reviews'],
  administer: ['/sessions'],
};

const changes = ['/sessions/999999/end', '/users/999999/disable', '/users/999999/enable'];

const everything = ['Overview', 'Ingresses', 'Owners', 'Campaigns', 'Retirements', 'Status'];

// Who somebody is in the head of each page, which rights they have, and which places they are offered.
const people = {
  nobody: { standing: 'no role', rights: [], places: [] },
  owner: { standing: 'logistics', rights: ['own', 'review'], places: ['Ingresses', 'Reviews', 'Retirements'] },
  'other-owner': {
    standing: 'customer-accounts', rights: ['own', 'review'], places: ['Ingresses', 'Reviews', 'Retirements'],
  },
  viewer: { standing: 'Viewer', rights: ['own', 'all'], places: everything },
  auditor: { standing: 'Auditor', rights: ['own', 'all', 'audit'], places: [...everything, 'Audit'] },
  admin: {
    standing: 'Admin', rights: ['own', 'all', 'audit', 'review', 'administer'],
    places: [...everything.toSpliced(3, 0, 'Reviews'), 'Audit', 'Sessions'],
  },
};

export default async function (given) {
  const { open, step, allow, expect } = given;
  // Who may not is told so, and the browser's console says that too.
  allow(/\b40[134]\b/);
  const pages = {};
  for (const account of Object.keys(people)) {
    step(`sign in as ${account}`);
    pages[account] = await open();
    await comeIn({ ...given, page: pages[account], account });
  }

  const own = {};
  for (const account of ['owner', 'other-owner']) {
    own[account] = await readOwnList({ ...given, page: pages[account], account });
  }
  expect.equal(own.owner === own['other-owner'], false);

  for (const [account, page] of Object.entries(pages)) {
    await lookAround({ ...given, page, account, own });
    await readAboutOneself({ ...given, page, account });
  }
  await stayOutside({ ...given, own });
  await useTheWayBackTwice(given);
  await leave({ ...given, page: pages.owner });
}

// From a page that was asked for, through the provider, and back to it.
async function comeIn({ page, account, expect, axe, baseUrl }) {
  await page.goto('/ingresses?sort=name');
  await expect.visible(page.getByRole('heading', { name: 'Sign in to Routebook' }));
  if (account === 'owner') await axe(page);
  await signIn(page, account);
  const to = new URL(page.url());
  expect.equal(to.origin, baseUrl);
  expect.equal(to.pathname, '/ingresses');
  expect.equal(to.searchParams.get('sort'), 'name');
  await page.goto('/me');
  await expect.text(page.locator('.site-head .who'), names[account]);
  await expect.text(page.locator('.site-head .standing'), people[account].standing);
}

// The ingresses of the own team, and the address of one of them.
async function readOwnList({ page, account, step, expect, axe }) {
  const team = people[account].standing;
  step(`${account} sees what the own team owns, and no more by asking for more`);
  for (const asked of ['/ingresses', '/ingresses?owner=-', '/ingresses?owner=platform', '/ingresses?cluster=prod-eu']) {
    await page.goto(asked);
    expect.equal(new URL(page.url()).searchParams.get('owner'), team, asked);
    for (const { Owner } of await rows(page)) expect.equal(Owner.startsWith(team), true, Owner);
  }
  await page.goto('/ingresses');
  await expect.text(page.getByRole('main'), `You see what your team ${team} owns.`);
  await expect.absent(page.getByRole('link', { name: 'CSV' }));
  await axe(page);
  const found = await rows(page);
  expect.equal(found.length > 0, true, 'the fleet has some of each team');
  return found[0].address;
}

async function lookAround({ page, account, own, step, expect, axe }) {
  const { rights, places } = people[account];
  await page.goto('/me');

  step(`${account} is offered the places that are open, and they are`);
  const navigation = page.getByRole('navigation', { name: 'Main' }).getByRole('link');
  expect.deepEqual(await navigation.allInnerTexts(), places);
  for (const place of places) {
    await page.goto(await page.getByRole('link', { name: place, exact: true }).first().getAttribute('href'));
    await expect.text(page.getByRole('heading', { level: 1 }), place);
    expect.match(await navigation.filter({ hasText: place }).first().getAttribute('aria-current'), /page|true/);
  }

  for (const [right, paths] of Object.entries(table)) {
    step(`${account} ${rights.includes(right) ? 'may' : 'may not'} read what takes the right "${right}"`);
    for (const path of paths) expect.equal(await status(page, path), rights.includes(right) ? 200 : 403, path);
  }

  step(`${account} may read of one ingress what their right allows`);
  const mine = (address) => rights.includes('all') || own[account] === address;
  for (const address of Object.values(own)) {
    expect.equal(await status(page, address), mine(address) ? 200 : 403, address);
    expect.equal(await status(page, `/api/v1${address}`), rights.includes('all') ? 200 : 403, address);
  }
  expect.equal(await status(page, '/ingresses/999999'), rights.includes('all') ? 404 : 403);

  step(`${account} ${rights.includes('administer') ? 'may' : 'may not'} shut others out`);
  if (!rights.includes('administer')) {
    for (const path of changes) expect.equal(await status(page, path, 'POST'), 403, path);
    const answer = await page.goto('/sessions');
    expect.equal(answer.status(), 403);
    const main = page.getByRole('main');
    const title = rights.length === 0 ? 'You have no role in Routebook yet' : 'This is not open to you';
    await expect.visible(main.getByRole('heading', { name: title }));
    for (const text of [names[account], '#platform on chat', 'platform-admins']) await expect.text(main, text);
    await axe(page);
  }
}

// Asked by the page itself, as a link or a form of it would. A stream has no end, so nothing is waited for.
const status = (page, path, method = 'GET') =>
  page.evaluate(async ([address, verb]) => {
    const ended = new AbortController();
    const answer = await fetch(address, { method: verb, redirect: 'manual', signal: ended.signal });
    if (address === '/events') ended.abort();
    else await answer.text();
    // The address of a redirect is not told; the list of the own team is one.
    return answer.type === 'opaqueredirect' ? (await fetch(address)).status : answer.status;
  }, [path, method]);

const why = {
  nobody: 'None of your groups gives a role.',
  owner: 'None of your groups gives a role.',
  'other-owner': 'None of your groups gives a role.',
  viewer: 'Your group engineering gives it.',
  auditor: 'Your group auditors gives it.',
  admin: 'Your group platform-admins gives it.',
};

async function readAboutOneself({ page, account, step, expect, axe }) {
  step(`${account} reads who they are here, and why`);
  await page.goto('/me');
  await expect.text(page.getByRole('heading', { level: 1 }), names[account]);
  const main = page.getByRole('main');
  for (const text of [`marrowby-${account}`, 'http://127.0.0.1:', 'Marrowby', why[account]]) {
    await expect.text(main, text);
  }
  const may = {
    'see the ingresses that your teams own': !people[account].rights.includes('all') && account !== 'nobody',
    'see all ingresses': people[account].rights.includes('all'),
    'see the audit': people[account].rights.includes('audit'),
    'end sessions': people[account].rights.includes('administer'),
    'ask #platform on chat': account === 'nobody',
  };
  const text = await main.innerText();
  for (const [right, given] of Object.entries(may)) expect.equal(text.includes(right), given, right);
  await axe(page);
}

async function stayOutside({ open, own, step, expect, baseUrl }) {
  step('who has not signed in sees the sign-in, wherever they go');
  const page = await open();
  for (const path of ['/me', '/no/such/page', ...Object.values(own), ...Object.values(table).flat()]) {
    if (/^\/(api|export|events)/.test(path)) continue;
    await page.goto(path);
    expect.equal(page.url().startsWith(`${baseUrl}/auth/sign-in?back=`), true, page.url());
  }
  for (const path of Object.values(table).flat()) {
    if (/^\/(api|export|events)/.test(path)) expect.equal(await status(page, path), 401, path);
  }
  for (const path of ['/auth/sign-out', ...changes]) expect.equal(await status(page, path, 'POST'), 401, path);
}

async function useTheWayBackTwice({ open, step, expect, axe, baseUrl }) {
  step('the way back from the provider is good for one browser, and for once');
  const page = await open();
  const answers = [];
  page.on('request', (request) => {
    if (request.url().includes('/callback?')) answers.push(request.url());
  });
  await page.goto('/status');
  await signIn(page, 'viewer');
  expect.equal(answers.length, 1);
  const other = await open();
  for (const again of [page, other]) {
    await again.goto(answers[0]);
    expect.match(again.url(), /\/auth\/sign-in\?.*failed=too-late/);
    await expect.visible(again.getByRole('heading', { name: 'You are not signed in' }));
  }
  await axe(other);

  step('and from there one begins again');
  await signIn(other, 'viewer');
  expect.equal(new URL(other.url()).origin, baseUrl);
  await expect.text(other.locator('.site-head .who'), names.viewer);

  step('an address that leads elsewhere leads nowhere');
  const third = await open();
  await third.goto(`/auth/sign-in?back=${encodeURIComponent('//evil.example/')}`);
  await signIn(third, 'viewer');
  expect.equal(third.url(), `${baseUrl}/`);
  await third.goto(`/auth/sign-in/marrowby?back=${encodeURIComponent('https://evil.example/')}`);
  await choose(third, 'viewer');
  await third.waitForURL(`${baseUrl}/`);
}

async function leave({ page, step, expect, axe, baseUrl }) {
  step('whoever signs out is out, here and at the provider, and the old cookie is worth nothing');
  await page.goto('/ingresses');
  const before = await page.context().cookies(baseUrl);
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.waitForURL(`${baseUrl}/auth/signed-out`);
  await expect.visible(page.getByRole('heading', { name: 'You are signed out' }));
  await axe(page);
  expect.equal((await page.context().cookies(baseUrl)).some(({ name }) => name === 'routebook'), false);
  await page.context().addCookies(before);
  await page.goto('/ingresses');
  await expect.visible(page.getByRole('heading', { name: 'Sign in to Routebook' }));
}

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { act, fillIn, openCard, queue } from '../lib/campaigns.mjs';
import { ingressPath } from '../lib/kubernetes.mjs';
import { follow } from '../lib/list.mjs';
import { create, manifest } from '../lib/manifests.mjs';
import { names } from '../lib/sign-in.mjs';

export const title = 'an admin leads a campaign, owners decide, what is retired is proved to be gone, and an auditor proves all of it';
export const account = 'admin';

const namespace = 'edge-public';
const search = 'springtide.marrowby.example';
const kept = 'spring-kept';
const old = 'spring-old';
const lost = 'spring-lost';
const late = 'spring-late';
const all = [kept, old, lost, late];

export default async function (given) {
  const people = { admin: given.page };
  for (const account of ['owner', 'other-owner', 'auditor']) people[account] = await given.open({ account });
  try {
    await prepare(given);
    const address = await lead({ ...given, page: people.admin });
    await decide({ ...given, page: people.owner });
    await takeOver({ ...given, page: people['other-owner'] });
    await close({ ...given, page: people.admin, address });
    await remove({ ...given, page: people.owner, admin: people.admin });
    await prove({ ...given, page: people.auditor, address });
  } finally {
    for (const name of all) await given.cluster.delete(ingressPath(namespace, name)).catch(() => {});
  }
}

// Four routes of one team, which nobody else is looking at.
async function prepare({ page, cluster, step, expect }) {
  step('a team has four routes');
  const metadata = { labels: { team: 'logistics' } };
  for (const name of all) await create(cluster, manifest(namespace, name, `${name}.${search}`, { metadata }));
  await expect.eventually(async () => {
    await page.goto(`/ingresses?q=${search}`);
    assert.match(await page.locator('#count').innerText(), /^— 4 of/);
  });
}

async function lead({ page, cluster, step, expect, axe }) {
  step('an admin says what a campaign is about, and sees what that would be');
  await page.goto('/campaigns');
  await expect.text(page.getByRole('heading', { level: 1 }), 'Campaigns');
  await axe(page);
  await follow(page, () => page.getByRole('link', { name: 'New campaign' }).first().click());
  await fillIn(page, { name: 'Spring cleaning', search, cluster: cluster.name });
  await follow(page, () => page.getByRole('button', { name: 'Preview' }).click());
  const preview = page.locator('#preview');
  await expect.text(preview, /4\s+ingresses would be reviewed/);
  await expect.text(preview, 'logistics');
  await axe(page);

  step('makes a draft of it, and opens it');
  await follow(page, () => page.getByRole('button', { name: 'Create a draft' }).click());
  const address = new URL(page.url()).pathname;
  expect.match(address, /^\/campaigns\/\d+$/);
  await expect.text(page.getByRole('heading', { level: 1 }), 'Spring cleaning');
  await axe(page);
  await follow(page, () => page.getByRole('button', { name: 'Open the campaign' }).click());
  expect.equal(new URL(page.url()).pathname, address);
  await expect.text(page.getByRole('main'), 'logistics');
  await expect.absent(page.getByRole('button', { name: 'Open the campaign' }));
  await axe(page);
  return address;
}

async function decide({ page, step, allow, expect, axe, cluster }) {
  step('the owner finds them under Reviews');
  await page.goto('/reviews');
  const found = await queue(page);
  for (const name of all) assert.ok(found[name], name);
  await expect.text(page.getByRole('main'), 'your team logistics');
  await axe(page);

  step('goes through the list by keys: j and k move, Space ticks, c goes to the button');
  await expect.visible(page.getByText('Use keys'));
  const at = () => page.evaluate(() => document.activeElement.getAttribute('aria-label') ?? '');
  await page.keyboard.press('j');
  const first = await at();
  expect.match(first, /^Tick /);
  await page.keyboard.press('j');
  assert.notEqual(await at(), first);
  await page.keyboard.press('k');
  expect.equal(await at(), first);
  await page.keyboard.press('Space');
  expect.equal(await page.locator(':focus').isChecked(), true);
  await page.keyboard.press('c');
  await expect.text(page.locator(':focus'), /^Decide what is ticked/);

  step('and through the cards: r and n open their forms and go into them, j goes on and k back');
  await openCard(page, kept);
  await expect.visible(page.getByText('Use keys'));
  for (const [key, field] of [['r', 'retire-reason'], ['n', 'proposed']]) {
    await page.locator('h1').click();
    await page.keyboard.press(key);
    expect.equal(await page.evaluate(() => document.activeElement.id), field);
  }
  await page.locator('h1').click();
  await follow(page, () => page.keyboard.press('j'));
  const other = await page.getByRole('heading', { level: 1 }).innerText();
  assert.doesNotMatch(other, new RegExp(kept));
  await expect.visible(page.getByText('Use keys'));
  await follow(page, () => page.keyboard.press('k'));
  await expect.text(page.getByRole('heading', { level: 1 }), kept);

  step('confirms one by the keyboard: a key goes to the button, and Enter presses it');
  await page.reload();
  await expect.visible(page.getByText('Use keys'));
  await axe(page);
  await page.keyboard.press('c');
  await expect.text(page.locator(':focus'), /^Confirm/);
  await follow(page, () => page.keyboard.press('Enter'));
  await expect.text(page.locator('.notice').first(), 'Confirmed');

  step('retires one, with a reason');
  await page.goto('/reviews');
  await openCard(page, old);
  await act(page, { form: 'Retire…', fields: { Reason: 'the shop has moved' }, send: 'Retire' });
  await expect.text(page.locator('.notice').first(), 'To be retired');

  step('says that one is not theirs, but another team\'s');
  // The open card looks whether it has changed while the form is on its way, and is theirs no more.
  allow(/\b403\b/);
  await page.goto('/reviews');
  await openCard(page, lost);
  const fields = { 'Whose it is': 'customer-accounts', Reason: 'they took it over' };
  await act(page, { form: 'Not mine…', fields, send: 'Not mine' });
  await page.goto('/reviews');
  expect.deepEqual(Object.keys(await queue(page)).filter((name) => all.includes(name)), [late]);

  step('writes a comment on the last one, and leaves it open');
  await openCard(page, late);
  const comment = { Comment: 'I have to ask <b>the warehouse</b>' };
  await act(page, { form: 'Write a comment', fields: comment, send: 'Add the comment' });
  await expect.text(page.locator('[aria-labelledby=comments]'), '<b>the warehouse</b>');
  await axe(page);

  step('and looks again at what was decided');
  await page.goto('/reviews?state=decided');
  const decided = await queue(page);
  expect.match(decided[kept].state, new RegExp(`Confirmed\\s+by ${names.owner}`));
  expect.match(decided[old].state, /To be retired/);
}

async function takeOver({ page, step, expect, axe }) {
  step('the other owner has it now, with what was said of it');
  await page.goto('/reviews');
  const found = await queue(page);
  assert.ok(found[lost]);
  expect.equal(found[kept], undefined, 'and nothing of what others review');
  await openCard(page, lost);
  await expect.text(page.locator('[aria-labelledby=decisions]'), 'they took it over');
  await axe(page);
  await follow(page, () => page.getByRole('button', { name: 'Confirm', exact: true }).first().click());
  await expect.text(page.locator('.notice').first(), 'Confirmed');
}

async function close({ page, address, step, expect, axe }) {
  step('the admin sees how far it is, and closes it');
  await page.goto(address);
  await expect.text(page.getByRole('region', { name: 'Progress by team' }), 'customer-accounts');
  await act(page, { form: 'Close it…', send: 'Close the campaign' });
  await expect.text(page.getByRole('main'), 'Closed by an admin');
  await expect.text(page.getByRole('main'), late);
  await axe(page);

  step('what was confirmed says so in the list of ingresses');
  await page.goto(`/ingresses?q=${search}&reviewed=valid`);
  await expect.text(page.locator('#count'), /^— 2 of/);
}

async function remove({ page, admin, cluster, step, expect, axe }) {
  step('what is to go waits, and the page says how it is removed');
  await admin.goto('/retirements');
  const row = admin.locator('tbody tr', { hasText: old });
  await expect.text(row, 'On hold');
  await axe(admin);
  await follow(admin, () => row.getByRole('link', { name: old }).first().click());
  await expect.text(admin.locator('#steps'), 'kubectl');
  await axe(admin);
  const retirement = new URL(admin.url()).pathname;

  step('it is deleted with kubectl, just as the page says, and that is proved');
  const command = await admin.locator('#steps').innerText();
  expect.match(await cluster.shell(command), /"spring-old" deleted/);
  await expect.eventually(async () => {
    await page.goto(retirement);
    assert.match(await page.getByRole('main').innerText(), /the API server reported the deletion/);
  });
  await axe(page);

  step('the kept manifest could bring it back');
  const answer = await page.request.get(`${retirement}/manifest.yaml`);
  expect.equal(answer.status(), 200);
  expect.match(await answer.text(), /kind: Ingress/);
}

async function prove({ page, address, step, expect, folder, routebook, axe }) {
  step('an auditor takes the evidence');
  await page.goto(address);
  await axe(page);
  const files = {};
  for (const [ending, label] of [['zip', 'All of it (ZIP)'], ['jsonl', 'JSON Lines'], ['csv', 'CSV']]) {
    const link = page.locator('.exports').getByRole('link', { name: label, exact: true });
    const answer = await page.request.get(await link.getAttribute('href'));
    expect.equal(answer.status(), 200, label);
    files[ending] = join(folder, `campaign.${ending}`);
    await writeFile(files[ending], await answer.body());
    if (ending === 'jsonl') check({ text: await answer.text(), expect });
  }

  step('and proves it offline, without the running process');
  const proved = await routebook('audit', 'verify', '--file', files.zip);
  assert.equal(proved.code, 0, proved.text);
  assert.match(proved.text, /files, rows and audit entries fit together/);
  const trail = join(folder, 'campaign-trail.jsonl');
  const whole = await page.request.get('/export/audit.jsonl');
  await writeFile(trail, await whole.body());
  const unbroken = await routebook('audit', 'verify', '--file', trail);
  assert.equal(unbroken.code, 0, unbroken.text);

  step('where a letter was changed, that is found');
  const forged = join(folder, 'forged.zip');
  const content = Buffer.from(await (await page.request.get(`/export${address}.zip`)).body());
  content.write('THE SHOP', content.indexOf('the shop has moved'));
  await writeFile(forged, content);
  const refused = await routebook('audit', 'verify', '--file', forged);
  assert.equal(refused.code, 1, refused.text);
}

// What stands in the file: a line for each review.
function check({ text, expect }) {
  const lines = text.trim().split('\n').map((line) => JSON.parse(line));
  const row = Object.fromEntries(lines.map((line) => [line.name, line]));
  expect.deepEqual(Object.keys(row).toSorted(), all.toSorted());
  expect.equal(row[kept].outcome, 'confirmed');
  expect.equal(row[kept].decided_by, names.owner);
  expect.equal(row[lost].decided_by, names['other-owner']);
  expect.equal(row[lost].other_decisions[0].decision, 'not-mine');
  expect.equal(row[late].outcome, 'exception');
  expect.equal(row[late].comments[0].text, 'I have to ask <b>the warehouse</b>');
  expect.equal(row[old].outcome, 'retired');
  expect.equal(row[old].reason, 'the shop has moved');
  expect.equal(row[old].retirement_state, 'removed');
  expect.equal(row[old].retirement_proof, 'the API server reported the deletion');
}

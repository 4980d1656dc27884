import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clear, field, filter, follow } from '../lib/list.mjs';
import { names, signIn } from '../lib/sign-in.mjs';

export const title = 'an auditor reads who did what, and proves that nothing of it was changed';
export const account = 'auditor';

const address = '198.51.100.7';

export default async function (given) {
  const { page, step, expect, axe } = given;
  await leaveTraces(given);

  step('everything that somebody did is there, the newest first');
  await page.goto('/audit');
  await expect.text(page.getByRole('heading', { level: 1 }), /^Audit — [\d,]+ entries/);
  const expected = ['Signed out', 'Inventory exported', 'Sign-in failed', 'Right denied', 'Signed in'];
  const traces = (await entries(page)).filter((entry) => entry['From where'] === address);
  expect.deepEqual(traces.map(({ What }) => What), expected);
  for (const { Who } of traces) expect.match(Who, new RegExp(`${names.viewer}\\s+marrowby-viewer`));
  const [, exported, failed, denied] = traces.map(({ Details }) => Details);
  expect.match(exported, /filter: cluster=staging/);
  expect.match(failed, /code: too-late/);
  expect.match(denied, /audit/);
  await axe(page);

  step('each entry says in full what it knows, and on what it hangs');
  const first = page.locator('.audit tbody tr').first();
  await first.locator('summary').click();
  await expect.text(first, /hash of the entry before\s+[0-9a-f]{64}/);

  await look(given);
  await turnPages(given);
  await prove(given);
}

// Somebody signs in, goes where they may not, opens an old address, takes the inventory along, and leaves.
async function leaveTraces({ open, step, allow, expect, baseUrl }) {
  step('somebody does what leaves traces');
  allow(/\b403\b/);
  const person = await open({ account: null, extraHTTPHeaders: { 'x-forwarded-for': address } });
  await person.goto('/status');
  await signIn(person, 'viewer');
  expect.equal((await person.goto('/audit')).status(), 403);
  await person.goto('/auth/callback?code=old&state=old');
  expect.match(person.url(), /failed=too-late/);
  const file = await person.request.get('/export/inventory.csv?cluster=staging');
  expect.equal(file.status(), 200);
  await person.goto('/me');
  await person.getByRole('button', { name: 'Sign out', exact: true }).click();
  await person.waitForURL(`${baseUrl}/auth/signed-out`);
}

// Every row: the text of its cells by the head of their column. Details are cut to their line.
const entries = (page) =>
  page.locator('.audit tbody tr').evaluateAll((elements) =>
    elements.map((row) => Object.fromEntries(
      [...row.querySelectorAll('[data-label]')].map((cell) => [cell.dataset.label, cell.innerText.trim()]))));

async function look({ page, withoutJavaScript, step, allow, expect, axe, baseUrl }) {
  step('look for what was done');
  await filter(page, { 'What was done': 'right.denied' });
  expect.equal(page.url(), `${baseUrl}/audit?action=right.denied`);
  for (const { What } of await entries(page)) expect.equal(What, 'Right denied');
  await clear(page);

  step('look for who did it: by a part of the name, and by the subject');
  for (const [person, name] of [['elena', names.viewer], ['marrowby-viewer', names.viewer]]) {
    await filter(page, { 'Part of a name': person });
    const found = await entries(page);
    expect.equal(found.length > 0, true, person);
    for (const { Who } of found) expect.equal(Who.startsWith(name), true, Who);
  }
  await axe(page);

  step('look for a day');
  const today = new Date().toISOString().slice(0, 10);
  await filter(page, { 'Part of a name': '', 'From day': today, 'To day': today });
  expect.equal(new URL(page.url()).search, `?from=${today}&to=${today}`);
  expect.equal((await entries(page)).length > 0, true);
  await filter(page, { 'From day': '2020-01-01', 'To day': '2020-01-02' });
  await expect.visible(page.getByRole('heading', { name: 'Nothing matches these filters' }));
  await axe(page);

  step('an address that is no filter says why');
  allow(/\b400\b/);
  expect.equal((await page.goto('/audit?colour=red')).status(), 400);
  await expect.text(page.getByRole('main'), '"colour" is not a filter of the audit entries');

  step('without JavaScript it is all there');
  await withoutJavaScript(async (plain) => {
    await plain.goto('/audit');
    await filter(plain, { 'What was done': 'sign-in', 'Part of a name': 'elena' });
    for (const { What } of await entries(plain)) expect.equal(What, 'Signed in');
    expect.equal(await field(plain, 'Part of a name').inputValue(), 'elena');
  });
}

async function turnPages({ page, step, expect }) {
  step('a hundred entries are a page, and older ones follow without a gap');
  for (let count = 0; count < 101; count += 1) {
    const answer = await page.request.get('/export/inventory.csv?q=no-such-thing-anywhere');
    expect.equal(answer.status(), 200);
  }
  const numbers = async () => (await entries(page)).map(({ Entry }) => Number(Entry.replaceAll(',', '')));
  const falls = (all) => all.every((number, index) => index === 0 || all[index - 1] - number === 1);
  await page.goto('/audit');
  const newest = await numbers();
  expect.equal(newest.length, 100);
  await follow(page, () => page.getByRole('link', { name: 'Older →' }).click());
  const older = await numbers();
  expect.equal(falls([...newest, ...older]), true, `${newest} and ${older}`);
  await follow(page, () => page.getByRole('link', { name: '← Newer' }).click());
  expect.deepEqual((await numbers()).slice(-100), newest);
}

// The file is proved without the running process, as an auditor does who does not trust it.
async function prove({ page, step, expect, folder, routebook }) {
  const verify = async (file, ...more) => routebook('audit', 'verify', ...(file ? ['--file', file] : []), ...more);
  const inOrder = ({ code, text }) => {
    assert.equal(code, 0, text);
    assert.match(text, /in order and unchanged/);
    return text.match(/^head:\s+(\S+)$/m)[1];
  };

  step('the database holds what was written');
  inOrder(await verify());

  step('so do the files, and the last entry is about the file itself');
  await page.goto('/audit');
  const files = {};
  for (const [name, label] of [['audit.csv', 'CSV'], ['audit.jsonl', 'JSON Lines']]) {
    const answer = await page.request.get(await page.getByRole('link', { name: label }).getAttribute('href'));
    expect.equal(answer.status(), 200);
    files[name] = join(folder, name);
    await writeFile(files[name], await answer.body());
  }
  const afterCsv = inOrder(await verify(files['audit.csv']));
  const head = inOrder(await verify(files['audit.jsonl'], '--checkpoint', afterCsv));
  const lines = (await readFile(files['audit.jsonl'], 'utf8')).trim().split('\n');
  expect.equal(JSON.parse(lines.at(-1)).action, 'export.audit');
  expect.equal(JSON.parse(lines.at(-1)).sequence, lines.length);

  const forged = join(folder, 'forged.jsonl');
  const isFound = async (what, changed, said, ...more) => {
    step(`a file is found out in which ${what}`);
    await writeFile(forged, `${changed.join('\n')}\n`);
    const { code, text } = await verify(forged, ...more);
    assert.equal(code, 1, text);
    assert.match(text, said);
  };
  const without = (index) => lines.toSpliced(index, 1);
  await isFound('a name is another', lines.with(4, lines[4].replace(/"action":"/, '"action":"x')), /entry 5 was changed/);
  await isFound('an entry is missing', without(4), /entry 5 should come next, but entry 6 does/);
  await isFound('two are exchanged', lines.with(4, lines[5]).with(5, lines[4]), /entry 5 should come next/);
  await isFound('the end is missing', lines.slice(0, -3), /were removed/, '--checkpoint', head);
}

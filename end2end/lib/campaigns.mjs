// Campaigns and reviews, as people go through them.

import { follow } from './list.mjs';

// An admin makes a campaign over what a search finds in one cluster, and opens it. Answers its address.
export async function openCampaign(page, { name, search, cluster }) {
  await page.goto('/campaigns/new');
  await fillIn(page, { name, search, cluster });
  await follow(page, () => page.getByRole('button', { name: 'Create a draft' }).click());
  await follow(page, () => page.getByRole('button', { name: 'Open the campaign' }).click());
  return new URL(page.url()).pathname;
}

// The form of a campaign: each of its fields has its name as its id. Some are folded away.
export async function fillIn(page, { name, search, cluster }) {
  await page.locator('#name').fill(name);
  await page.locator(`input[name=cluster][value=${cluster}]`).check();
  const field = page.locator('#q');
  if (!(await field.isVisible())) await page.getByText(/^More filters/).click();
  await field.fill(search);
}

// The lines of the queue, by the name of the ingress: where its card is, its team and its state.
export function queue(page) {
  return page.locator('table.queue tbody tr').evaluateAll((rows) =>
    Object.fromEntries(rows.map((row) => {
      const link = row.querySelector('th a');
      const cell = (label) => row.querySelector(`[data-label="${label}"]`)?.innerText.trim();
      return [link.innerText.trim(), { card: link.getAttribute('href'), team: cell('Team'), state: cell('State') }];
    })));
}

// Opens the card of one of them.
export async function openCard(page, name) {
  const link = page.locator('table.queue tbody th').getByRole('link', { name, exact: true });
  await follow(page, () => link.click());
}

// Opens a folded form of the page, fills in its fields by their labels, and sends it.
export async function act(page, { form, fields = {}, send }) {
  await page.locator('summary').filter({ hasText: form }).click();
  const opened = page.locator('details[open]').filter({ has: page.locator('summary', { hasText: form }) }).last();
  for (const [label, value] of Object.entries(fields)) {
    const field = opened.getByLabel(label);
    if (await field.evaluate((element) => element.tagName === 'SELECT')) await field.selectOption(value);
    else if (value === true) await field.check();
    else await field.fill(value);
  }
  await follow(page, () => opened.getByRole('button', { name: send, exact: true }).click());
}

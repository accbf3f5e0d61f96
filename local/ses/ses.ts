import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { accessKeyOf, close, listen, readBody } from '../aws-endpoint.ts';
import type { Access, Account, Log } from '../types.ts';

/** A mail that a function sent. */
export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** SES, which sends nothing: mails are written to a folder, and kept in memory. */
export interface Ses {
  readonly url: string;
  readonly mails: readonly Mail[];
  stop(): Promise<void>;
}

export interface SesOptions {
  readonly account: Account;
  readonly access: Access;
  readonly log: Log;
  /** Folder of the mails; undefined writes none. */
  readonly folder: string | undefined;
}

const maxBytes = 1_000_000;

/** Starts SESv2's SendEmail with simple content. */
export async function startSes({ account, access, log, folder }: SesOptions): Promise<Ses> {
  const mails: Mail[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method !== 'POST' || request.url !== '/v2/email/outbound-emails')
      return send(response, 404, { message: 'UnknownOperation' });
    const body = await readBody(request, maxBytes);
    const mail = body && readMail(body.toString('utf8'));
    if (!mail) return send(response, 400, { message: 'BadRequestException: a simple content is needed' });
    const identity = `arn:aws:ses:${account.region}:${account.accountId}:identity/${mail.from}`;
    const decision = access.check(accessKeyOf(request.headers.authorization) ?? '', 'ses:SendEmail', identity);
    if (!decision.allowed)
      return send(response, 403, { message: `${decision.principal} may not send as ${mail.from}: ${decision.reason}` });
    mails.push(mail);
    if (mails.length > 1_000) mails.shift();
    const file = write(folder, mail);
    log('info', `MAIL ${mail.to.join(', ')}: ${mail.subject}`, { ...(file !== undefined && { file }) });
    send(response, 200, { MessageId: randomUUID() });
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      log('error', 'the mail service failed', { error: String((error as Error).stack ?? error) });
      send(response, 500, { message: 'InternalFailure' });
    });
  });
  await listen(server, 0);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, mails, stop: () => close(server) };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

interface SendEmail {
  readonly FromEmailAddress?: string;
  readonly Destination?: { readonly ToAddresses?: readonly string[] };
  readonly Content?: {
    readonly Simple?: {
      readonly Subject: { readonly Data: string };
      readonly Body: { readonly Text?: { readonly Data: string }; readonly Html?: { readonly Data: string } };
      readonly Headers?: readonly { readonly Name: string; readonly Value: string }[];
    };
  };
}

function readMail(json: string): Mail | undefined {
  const { FromEmailAddress: from, Destination, Content } = JSON.parse(json) as SendEmail;
  const simple = Content?.Simple;
  if (from === undefined || simple === undefined) return undefined;
  const headers = Object.fromEntries((simple.Headers ?? []).map(({ Name, Value }) => [Name, Value]));
  const { Text, Html } = simple.Body;
  return {
    from,
    to: Destination?.ToAddresses ?? [],
    subject: simple.Subject.Data,
    text: Text?.Data ?? '',
    html: Html?.Data ?? '',
    headers,
  };
}

/** Writes a mail as a page that a browser shows; returns its file. */
function write(folder: string | undefined, { to, subject, html }: Mail): string | undefined {
  if (folder === undefined) return undefined;
  mkdirSync(folder, { recursive: true });
  const name = `${new Date().toISOString().replaceAll(':', '-')} ${to.join(' ')} ${subject}`.replaceAll(/[^\w@. -]/g, '_').slice(0, 150);
  const file = path.join(folder, `${name}.html`);
  writeFileSync(file, html);
  return file;
}

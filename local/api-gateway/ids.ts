import { randomBytes } from 'node:crypto';

/** Sixteen characters that end in `=`: the form of API Gateway's request, message and connection ids. */
export const gatewayId = (): string => `${randomBytes(11).toString('base64url')}=`;

/** True for texts that have the form of a connection id. */
export const isGatewayId = (text: string): boolean => /^[\w-]{15}=$/.test(text);

/** Time for request contexts: `12/Mar/2020:19:03:58 +0000`. */
export function requestTime(milliseconds: number): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(milliseconds).toUTCString()) as RegExpExecArray;
  return `${day}/${month}/${year}:${time} +0000`;
}

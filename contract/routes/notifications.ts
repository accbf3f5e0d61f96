import * as z from 'zod';
import { WorkspaceId } from '../ids.ts';
import { ListNotifications, MarkNotificationsRead, Notification } from '../notification.ts';
import { NotificationDefaults, NotificationSettings } from '../notification-settings.ts';
import { defineRoute, pageOf } from '../route.ts';

const inWorkspace = z.strictObject({ workspaceId: WorkspaceId });
const base = '/v1/workspaces/{workspaceId}/notifications';

export const listNotifications = defineRoute({
  method: 'GET',
  path: base,
  auth: 'user',
  tag: 'notifications',
  summary: "List the caller's activity, newest first",
  params: inWorkspace,
  query: ListNotifications,
  answers: { 200: pageOf(Notification).meta({ id: 'NotificationPage' }) },
});

export const markNotificationsRead = defineRoute({
  method: 'POST',
  path: `${base}/read`,
  auth: 'user',
  tag: 'notifications',
  summary: 'Mark notifications as read: some, or all up to one',
  params: inWorkspace,
  body: MarkNotificationsRead,
  answers: { 200: z.object({ unreadNotifications: z.int() }).meta({ id: 'NotificationsLeft' }) },
});

const own = { auth: 'user', tag: 'notifications', params: inWorkspace, path: `${base}/settings` } as const;

export const readNotificationSettings = defineRoute({
  ...own,
  method: 'GET',
  summary: "Read the caller's settings of notifications",
  answers: { 200: NotificationSettings },
});

export const putNotificationSettings = defineRoute({
  ...own,
  method: 'PUT',
  summary: "Replace the caller's settings of notifications",
  body: NotificationSettings,
  answers: { 200: NotificationSettings },
});

const ofWorkspace = { ...own, path: `${base}/defaults` } as const;

export const readNotificationDefaults = defineRoute({
  ...ofWorkspace,
  method: 'GET',
  summary: 'Read the settings for members who have set nothing',
  answers: { 200: NotificationDefaults },
});

export const putNotificationDefaults = defineRoute({
  ...ofWorkspace,
  method: 'PUT',
  summary: 'Replace the settings for members who have set nothing; for owners and admins',
  body: NotificationDefaults,
  answers: { 200: NotificationDefaults },
});

const mailKey = z.strictObject({ mailKey: z.string().regex(/^ws_[0-9a-z]{26}\.[\w-]{22}$/) });
const ofMail = { auth: 'none', tag: 'notifications', path: '/v1/mail/{mailKey}', params: mailKey } as const;

export const confirmUnsubscribe = defineRoute({
  ...ofMail,
  method: 'GET',
  summary: 'Show the page that ends mails to a member',
  answers: { 200: z.string() },
  produces: 'text/html; charset=utf-8',
});

/** One click of a mail program (RFC 8058) sends a form here. */
export const unsubscribe = defineRoute({
  ...ofMail,
  method: 'POST',
  summary: 'End mails to a member, by the key in a mail',
  answers: { 200: z.string() },
  produces: 'text/html; charset=utf-8',
});

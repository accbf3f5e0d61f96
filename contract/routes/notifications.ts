import * as z from 'zod';
import { WorkspaceId } from '../ids.ts';
import { ListNotifications, MarkNotificationsRead, Notification } from '../notification.ts';
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

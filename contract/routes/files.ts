import * as z from 'zod';
import { CreateFile, File, FileDownload, FileUpload } from '../file.ts';
import { FileId, StreamId, WorkspaceId } from '../ids.ts';
import { defineRoute } from '../route.ts';

const ofStream = z.strictObject({ workspaceId: WorkspaceId, streamId: StreamId });
const ofFile = z.strictObject({ workspaceId: WorkspaceId, fileId: FileId });

export const createFile = defineRoute({
  method: 'POST',
  path: '/v1/workspaces/{workspaceId}/streams/{streamId}/files',
  auth: 'user',
  tag: 'files',
  summary: 'Announce a file for a stream, and get the address to upload its content to: 10 minutes, once',
  params: ofStream,
  body: CreateFile,
  answers: { 201: FileUpload },
});

export const completeFile = defineRoute({
  method: 'POST',
  path: '/v1/workspaces/{workspaceId}/files/{fileId}/complete',
  auth: 'user',
  tag: 'files',
  summary: 'Say that the content is uploaded; then the file can be posted to its stream as an event. Safe to repeat',
  params: ofFile,
  answers: { 200: File },
});

export const readFile = defineRoute({
  method: 'GET',
  path: '/v1/workspaces/{workspaceId}/files/{fileId}',
  auth: 'user',
  tag: 'files',
  summary: 'Read a file, and get an address to download its content from: 10 minutes',
  params: ofFile,
  answers: { 200: FileDownload },
});

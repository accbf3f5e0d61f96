import { App } from 'aws-cdk-lib/core';
import { addStreambed } from '../lib/app.ts';
import { buildBundles } from '../lib/platform/bundles.ts';
import { buildWeb } from '../lib/platform/web-files.ts';

const app = new App();
addStreambed(app, { code: buildBundles().directory, web: buildWeb() });
app.synth();

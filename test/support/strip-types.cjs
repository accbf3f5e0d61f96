const { stripTypeScriptTypes } = require('node:module');
const { createHash } = require('node:crypto');

process.removeAllListeners('warning');

module.exports = {
  process: (source) => ({ code: stripTypeScriptTypes(source, { mode: 'strip' }) }),
  getCacheKey: (source, file, options) =>
    createHash('sha1')
      .update(process.version + file + source + String(options.instrument))
      .digest('hex'),
};

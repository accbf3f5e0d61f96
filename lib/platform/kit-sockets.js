// Runs in CloudFront (cloudfront-js-2.0) on each handshake of the kit: /ws/channel:general/?ticket=... opens a socket of the gateway.
function handler(event) {
  const request = event.request;
  const cid = request.uri.slice('/ws/'.length);
  // The path stays encoded as it came, so only what has a meaning in a query is encoded.
  const value = (cid.endsWith('/') ? cid.slice(0, -1) : cid).replace(/&/g, '%26').replace(/\+/g, '%2B').replace(/#/g, '%23');
  request.querystring.cid = { value };
  request.uri = '/realtime';
  return request;
}

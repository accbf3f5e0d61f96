// Runs in CloudFront (cloudfront-js-2.0) on each request of the kit: the routes of the gateway have no trailing slash.
function handler(event) {
  const request = event.request;
  if (request.uri.length > 1 && request.uri.endsWith('/')) request.uri = request.uri.slice(0, -1);
  return request;
}

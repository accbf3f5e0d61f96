// Runs in CloudFront (cloudfront-js-2.0) on each request for the web app: a path without a file extension is served by index.html.
function handler(event) {
  const request = event.request;
  const name = request.uri.slice(request.uri.lastIndexOf('/') + 1);
  if (!name.includes('.')) request.uri = '/index.html';
  return request;
}

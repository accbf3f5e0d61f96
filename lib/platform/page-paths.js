// Runs in CloudFront (cloudfront-js-2.0) on each request for the web app: what names no file is a place in the app.
function handler(event) {
  const request = event.request;
  const name = request.uri.slice(request.uri.lastIndexOf('/') + 1);
  if (!name.includes('.')) request.uri = '/index.html';
  return request;
}

import { HeadersFrameOption, HeadersReferrerPolicy, type ResponseHeadersPolicyProps } from 'aws-cdk-lib/aws-cloudfront';
import { Duration } from 'aws-cdk-lib/core';

/** Headers of the page. It runs its own scripts only, and talks to its own domain and the socket gateway only. */
export const securityHeaders = (sockets: string): ResponseHeadersPolicyProps => ({
  comment: 'Security headers of the web app',
  securityHeadersBehavior: {
    contentSecurityPolicy: { contentSecurityPolicy: contentSecurityPolicy(sockets), override: true },
    contentTypeOptions: { override: true },
    frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
    referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
    strictTransportSecurity: { accessControlMaxAge: Duration.days(365), includeSubdomains: true, override: true },
  },
  customHeadersBehavior: {
    customHeaders: [{ header: 'Permissions-Policy', value: 'camera=(), geolocation=(), microphone=(), payment=()', override: true }],
  },
});

const contentSecurityPolicy = (sockets: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    // The component library sets styles on elements.
    "style-src 'self' 'unsafe-inline'",
    "font-src 'self'",
    // Messages may show pictures from elsewhere.
    "img-src 'self' data: https:",
    `connect-src 'self' ${sockets}`,
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');

import { HeadersFrameOption, HeadersReferrerPolicy, type ResponseHeadersPolicyProps } from 'aws-cdk-lib/aws-cloudfront';
import { Duration } from 'aws-cdk-lib/core';

/** Origins that the page may connect to besides its own. */
export interface PageOrigins {
  readonly sockets: string;
  readonly files: string;
}

/** Headers of the page. Scripts come from its own domain only; connections go to its own domain, the socket gateway and the file bucket. */
export const securityHeaders = (origins: PageOrigins): ResponseHeadersPolicyProps => ({
  comment: 'Security headers of the web app',
  securityHeadersBehavior: {
    contentSecurityPolicy: { contentSecurityPolicy: contentSecurityPolicy(origins), override: true },
    contentTypeOptions: { override: true },
    frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
    referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
    strictTransportSecurity: { accessControlMaxAge: Duration.days(365), includeSubdomains: true, override: true },
  },
  customHeadersBehavior: {
    customHeaders: [{ header: 'Permissions-Policy', value: 'camera=(), geolocation=(), microphone=(), payment=()', override: true }],
  },
});

const contentSecurityPolicy = ({ sockets, files }: PageOrigins): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    // The component library sets styles on elements.
    "style-src 'self' 'unsafe-inline'",
    "font-src 'self'",
    // Messages may show pictures from elsewhere. The previews of files to send are `blob:` images, which the page itself makes; nothing else
    // may load from `blob:`, so that no script can.
    `img-src 'self' data: blob: https: ${files}`,
    `media-src ${files}`,
    `connect-src 'self' ${sockets} ${files}`,
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');

/** What all sources need to talk HTTP: settings, credentials, TLS, redirects, backoff. */
package io.meridian.sources.http;

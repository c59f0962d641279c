/** JSON values that know their path in the document, for errors that name the place. */
package io.meridian.sources.json;

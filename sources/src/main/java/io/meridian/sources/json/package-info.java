/** JSON values that know their path in the document, for errors that name the place. */
@NullMarked
package io.meridian.sources.json;

import org.jspecify.annotations.NullMarked;

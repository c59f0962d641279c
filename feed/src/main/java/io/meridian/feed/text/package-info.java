/** The one text form of rows and changes: in the database, in feed frames and in image files. */
@NullMarked
package io.meridian.feed.text;

import org.jspecify.annotations.NullMarked;

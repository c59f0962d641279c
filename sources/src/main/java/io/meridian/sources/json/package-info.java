/** JSON that says where it is when it is not as it should be. */
package io.meridian.sources.json;

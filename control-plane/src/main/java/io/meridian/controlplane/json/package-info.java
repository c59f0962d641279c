/** JSON answers that are made piece by piece, in the spelling that their readers know. */
package io.meridian.controlplane.json;

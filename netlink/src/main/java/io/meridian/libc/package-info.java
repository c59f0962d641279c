/**
 * Calls of the C library through {@link java.lang.foreign}, and its error numbers. Every room that
 * needs a system call outside the JDK's API adds it here.
 */
@NullMarked
package io.meridian.libc;

import org.jspecify.annotations.NullMarked;

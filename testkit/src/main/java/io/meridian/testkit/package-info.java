/**
 * Finds test data, and declares what a test needs from the machine: {@link
 * io.meridian.testkit.NeedsPackage}, {@link io.meridian.testkit.NeedsSharedFixtures} and {@link
 * io.meridian.testkit.Requirement}.
 */
@NullMarked
package io.meridian.testkit;

import org.jspecify.annotations.NullMarked;

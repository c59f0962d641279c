package io.meridian.testkit;

import org.junit.jupiter.api.extension.ExtendWith;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Runs a test only where {@link Fixtures#shared} finds the data of other projects; see {@link
 * Requirement}. Such a test runs besides one over data of our own, never in its place.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequirementCondition.class)
public @interface NeedsSharedFixtures {}

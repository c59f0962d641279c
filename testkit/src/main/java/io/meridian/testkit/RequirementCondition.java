package io.meridian.testkit;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

import java.util.Optional;
import java.util.stream.Stream;

/** Skips, or fails in CI, what is annotated with a requirement that this machine does not meet. */
final class RequirementCondition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        Optional<Requirement> missing = missing(context);
        if (missing.isEmpty()) {
            return ConditionEvaluationResult.enabled("requirements are met");
        }
        if (Requirement.isStrict()) {
            throw new AssertionError(missing.get().reason());
        }
        return ConditionEvaluationResult.disabled(missing.get().reason());
    }

    private static Optional<Requirement> missing(ExtensionContext context) {
        Optional<Requirement> missingPackage =
                AnnotationSupport.findAnnotation(context.getElement(), NeedsPackage.class).stream()
                        .flatMap(needs -> Stream.of(needs.value()))
                        .filter(each -> each.program().isEmpty())
                        .map(Requirement::of)
                        .findFirst();
        boolean lacksFixtures =
                AnnotationSupport.isAnnotated(context.getElement(), NeedsSharedFixtures.class)
                        && !Fixtures.hasShared();
        return lacksFixtures ? Optional.of(Requirement.SHARED_FIXTURES) : missingPackage;
    }
}

package io.meridian.controlplane.config;

import java.io.Serial;

/**
 * An invalid configuration. The message is one line for the operator: file, line, key, value and
 * range.
 */
public final class ConfigurationException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1;

    public ConfigurationException(String message) {
        super(message);
    }
}

package io.meridian.controlplane.config;

import java.io.Serial;

/**
 * The configuration is not usable; the message is one line for the operator: file, key, value and
 * range.
 */
public final class ConfigurationException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1;

    public ConfigurationException(String message) {
        super(message);
    }
}

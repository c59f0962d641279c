package io.meridian.domain.lb;

import java.math.BigInteger;

/** Names in the HAProxy configuration that follow from an app id (spec of Marathon-LB, 1.10). */
public final class Names {
    private Names() {}

    /** Name of the backend and of the frontend of one service port: {@code prod_web_10000}. */
    public static String backend(String appId, BigInteger servicePort) {
        return flat(appId) + "_" + servicePort;
    }

    /** Common part of the names of a service's ACLs: the cleaned first vhost, then the app. */
    public static String acl(String firstVhost, String appId) {
        return Text.cleaned(firstVhost) + "_" + flat(appId);
    }

    /** The app id without its first character, the slash, and with slashes as underscores. */
    private static String flat(String appId) {
        return appId.isEmpty()
                ? ""
                : appId.substring(appId.offsetByCodePoints(0, 1)).replace('/', '_');
    }
}

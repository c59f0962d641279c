package io.meridian.lb.render;

import java.util.List;

/**
 * Options of the rendered configuration, as Marathon-LB's flags set them.
 *
 * @param maps true = hosts and app ids are looked up in map files ({@code --haproxy-map})
 * @param bindsHttpAndHttps false = no frontends on ports 80 and 443 ({@code
 *     --dont-bind-http-https})
 * @param groupsByVhost true = one TLS frontend for each vhost ({@code --group-https-by-vhost})
 * @param certificates certificates of port 443, in order, verbatim ({@code --ssl-certs})
 * @param directory directory of the map files, as HAProxy sees it
 */
public record LbOptions(
        boolean maps,
        boolean bindsHttpAndHttps,
        boolean groupsByVhost,
        List<String> certificates,
        String directory) {}

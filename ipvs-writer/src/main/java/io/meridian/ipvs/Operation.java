package io.meridian.ipvs;

/**
 * One change to the kernel. {@code toString} names it for logs: {@code add real server: vs=...
 * rs=...}.
 */
public sealed interface Operation permits IpvsOperation, RouteOperation {
    /**
     * The row of the table that it changes, for logs and status: {@code vs=11.0.3.9:80/tcp
     * rs=10.0.4.17:31372/tcp}.
     */
    String row();

    /** Whom it is for. */
    AffectedServers affected();
}

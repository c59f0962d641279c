package io.meridian.ipvs;

/**
 * One change to the kernel. {@code toString} describes the change in log lines: {@code add real
 * server: vs=... rs=...}.
 */
public sealed interface Operation permits IpvsOperation, RouteOperation {
    /** The changed row, for logs and status: {@code vs=11.0.3.9:80/tcp rs=10.0.4.17:31372/tcp}. */
    String row();

    /** The virtual servers that a failure of this operation affects. */
    AffectedServers affected();
}

/** VIPs: their names, addresses, options and backends. */
package io.meridian.domain.vip;

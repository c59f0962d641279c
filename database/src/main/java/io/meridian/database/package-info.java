/** PostgreSQL for Meridian: the embedded server, connections and the schema. */
package io.meridian.database;

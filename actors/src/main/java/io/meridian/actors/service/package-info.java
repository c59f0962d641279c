/** The entity that owns one service. */
package io.meridian.actors.service;

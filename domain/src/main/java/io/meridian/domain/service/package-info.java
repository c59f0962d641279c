/**
 * Services, their definitions and instances. An {@link io.meridian.domain.service.Observation} is a
 * claim of a source, {@link io.meridian.domain.service.Service#decide} turns observations into
 * {@link io.meridian.domain.service.ServiceEvent}s, {@link
 * io.meridian.domain.service.Service#apply} applies those.
 */
package io.meridian.domain.service;

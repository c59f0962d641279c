/**
 * What runs: services, their definitions and instances. An {@link
 * io.meridian.domain.service.Observation} is a claim by the outside, {@link
 * io.meridian.domain.service.Service#decide} turns claims into {@link
 * io.meridian.domain.service.ServiceEvent}s, {@link io.meridian.domain.service.Service#apply} folds
 * those.
 */
package io.meridian.domain.service;

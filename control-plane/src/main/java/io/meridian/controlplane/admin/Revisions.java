package io.meridian.controlplane.admin;

/** Revisions of the zone table and of the VIP table. */
record Revisions(long zone, long vip) {}

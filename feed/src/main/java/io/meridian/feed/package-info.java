/**
 * The zone table and the VIP table as masters and nodes share them: type, current image, provenance
 * and exact changes. Masters ({@code master}) feed nodes ({@code node}) by frames ({@code wire}).
 */
@NullMarked
package io.meridian.feed;

import org.jspecify.annotations.NullMarked;

<?php
/**
 * The pieces of the settings form: a row, a text field, a choice. Everything is escaped here.
 *
 * @package Amparo
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/** The name that a field is sent under. */
function amparo_get_field_name( string $field ): string {
	return AMPARO_OPTION . '[' . $field . ']';
}

/**
 * A field of one line.
 *
 * @param array<string, string> $more Further attributes, such as the type.
 */
function amparo_show_text_field( string $field, string $value, string $label, string $help = '', array $more = array() ): void {
	$attributes = $more + array(
		'type'         => 'text',
		'class'        => 'regular-text',
		'autocomplete' => 'off',
	);
	amparo_open_row( $field, $label );
	printf( '<input %s value="%s"', amparo_get_common_attributes( $field, $help ), esc_attr( $value ) ); // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- escaped where they are made.
	foreach ( $attributes as $name => $attribute ) {
		printf( ' %s="%s"', esc_attr( $name ), esc_attr( $attribute ) );
	}
	echo '>';
	amparo_close_row( $field, $help );
}

/** A field of several lines. */
function amparo_show_area_field( string $field, string $value, string $label, string $help = '' ): void {
	amparo_open_row( $field, $label );
	printf( '<textarea %s rows="4" class="large-text code" dir="ltr" spellcheck="false">%s</textarea>', amparo_get_common_attributes( $field, $help ), esc_textarea( $value ) ); // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- escaped where they are made.
	amparo_close_row( $field, $help );
}

/** What every field has: what it is called, sent as and found by, and which help a screen reader says with it. */
function amparo_get_common_attributes( string $field, string $help ): string {
	$described = '' === $help ? '' : sprintf( ' aria-describedby="amparo-%s-help"', esc_attr( $field ) );
	return sprintf( 'id="amparo-%1$s" name="%2$s" data-test="%1$s"', esc_attr( $field ), esc_attr( amparo_get_field_name( $field ) ) ) . $described;
}

/**
 * A choice among a few, each with its own words.
 *
 * @param array<string, string> $choices Words by value.
 */
function amparo_show_choice_field( string $field, string $value, string $label, array $choices, string $help = '' ): void {
	printf( '<tr data-row="%s"><th scope="row">%s</th><td><fieldset><legend class="screen-reader-text">%s</legend>', esc_attr( $field ), esc_html( $label ), esc_html( $label ) );
	foreach ( $choices as $choice => $words ) {
		printf(
			'<label><input type="radio" name="%s" value="%s" data-test="%s"%s> %s</label><br>',
			esc_attr( amparo_get_field_name( $field ) ),
			esc_attr( $choice ),
			esc_attr( $field . '-' . $choice ),
			checked( $value, $choice, false ),
			esc_html( $words )
		);
	}
	echo '</fieldset>';
	amparo_close_row( $field, $help );
}

/** The beginning of a row with one field. */
function amparo_open_row( string $field, string $label ): void {
	printf( '<tr data-row="%1$s"><th scope="row"><label for="amparo-%1$s">%2$s</label></th><td>', esc_attr( $field ), esc_html( $label ) );
}

/** Its end, with the help beneath the field. */
function amparo_close_row( string $field, string $help = '' ): void {
	if ( '' !== $help ) {
		printf( '<p class="description" id="amparo-%s-help">%s</p>', esc_attr( $field ), esc_html( $help ) );
	}
	echo '</td></tr>';
}

/** The beginning of a group of rows. */
function amparo_open_group( string $title, string $explanation = '' ): void {
	printf( '<h2>%s</h2>', esc_html( $title ) );
	echo '' === $explanation ? '' : '<p>' . esc_html( $explanation ) . '</p>';
	echo '<table class="form-table" role="presentation"><tbody>';
}

/** Its end. */
function amparo_close_group(): void {
	echo '</tbody></table>';
}

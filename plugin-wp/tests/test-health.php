<?php
/**
 * The two tests in Site Health: who may run them, when, and what they answer.
 *
 * @package Amparo
 */

namespace Amparo\Tests;

/** Site Health, its REST routes and its timer. */
class Health_Test extends Plugin_Case {

	private function ask( string $name ): \WP_REST_Response {
		return rest_do_request( new \WP_REST_Request( 'GET', '/amparo/v1/health/' . $name ) );
	}

	public function test_both_are_listed_and_left_out_by_the_weekly_timer(): void {
		$tests = apply_filters( 'site_status_tests', array( 'async' => array() ) )['async'];
		$this->assertSame( array( 'amparo_relay', 'amparo_page' ), array_keys( $tests ) );
		foreach ( $tests as $test ) {
			$this->assertTrue( $test['skip_cron'] );
			$this->assertTrue( $test['has_rest'] );
		}
	}

	/** @return array<string, array{0: string, 1: int}> */
	public function roles(): array {
		return array(
			'nobody'        => array( '', 401 ),
			'subscriber'    => array( 'subscriber', 403 ),
			'editor'        => array( 'editor', 403 ),
			'administrator' => array( 'administrator', 200 ),
		);
	}

	/** @dataProvider roles */
	public function test_only_administrators_may_ask( string $role, int $status ): void {
		$asked = $this->network( array() );
		'' === $role ? wp_set_current_user( 0 ) : $this->sign_in( $role );
		$this->assertSame( $status, $this->ask( 'page' )->get_status() );
		$this->assertCount( 0, $asked, 'without settings there is nobody to ask' );
	}

	public function test_the_worst_finding_is_the_status(): void {
		$this->sign_in( 'administrator' );
		$this->set_up_with();
		$page = $this->printed( 'amparo_print_tag' );
		$this->network( array( 'http://localhost/' => array( 200, $page . '<script src="https://static.hotjar.com/x"></script>' ) ) );
		$answer = $this->ask( 'page' )->get_data();
		$this->assertSame( array( 'critical', 'amparo_page' ), array( $answer['status'], $answer['test'] ) );
		$this->assertStringContainsString( 'Hotjar', $answer['description'] );
		$this->assertSame( 'critical', $this->ask( 'relay' )->get_data()['status'] );
	}

	public function test_all_is_well(): void {
		$this->sign_in( 'administrator' );
		$this->set_up_with();
		$this->network( array( 'http://localhost/' => array( 200, $this->printed( 'amparo_print_tag' ) ) ) );
		$this->assertSame( 'good', $this->ask( 'page' )->get_data()['status'] );
	}

	public function test_there_is_no_third_route(): void {
		$this->sign_in( 'administrator' );
		$this->assertSame( 404, $this->ask( 'other' )->get_status() );
	}
}

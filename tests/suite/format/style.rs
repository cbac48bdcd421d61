//! The style itself, by example.

use gemc::compile::formatted;

/// Compares a text and what becomes of it with the snapshot `format_{name}`.
fn assert_style(name: &str, text: &str) {
    let new = formatted("model.gem", text).unwrap_or_else(|report| panic!("{report}"));
    insta::with_settings!({ snapshot_path => "../../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(format!("format_{name}"), format!("{text}\n----\n{new}"));
    });
}

#[test]
fn comments_stay_where_they_are() {
    let text = "\u{feff}
// above
/* also above */ // and here

model /* m */ m( genes=3, // how many
  // of a kind
  kinds = 2) { // the model


  // a genome
  genome g(genes){sparse:1e-3,rate:2} // trailing
  /* leading */ population a=grid(4,/* columns */4){g:gaussian // in space
    , activation:relu /* inline */, // behind a comma
    // above the bias
    bias: // in the middle
      free
    // below it
  }
  population bigger = units(2) { g: random }
    // between
  population c=units(1){}


  connect a->bigger /* why */ via g{ // opening
  }

  input a /* the end */ } // behind

/* below
   everything */";
    assert_style("comments", text);
}

#[test]
fn what_is_long_is_broken() {
    let text = "model lists(first = 1, second = 2, third = 3, fourth = 4, fifth = 5, sixth = 6, seventh = 7, eighth = 8, ninth = 9, tenth = 10, more = 11) {
genome g(first) { interaction: symmetric }
genome second_genome(2) { rate: 2 }
let x = -first+second* -( third - -fourth )/(5.5e-1)
let y = 2 * ( // a factor
  1 +
  x )
unroll (x)
population a = grid(28,28,16) { g: split(inverse_square(scale: 80, rate: 0.1)), second_genome: gaussian, activation: gelu, bias: per_map }
population long = units(10){second_genome:gaussian(sigma: 0.05)}
population b = cloud(a_very_long_name_of_a_number_of_neurons + another_very_long_name, dims: some_number_of_dimensions, seed: a_drawn_number) { g: free }
population pooled = average_pool(a, 2)
connect a -> b -> pooled -> long via sine(inputs: 1, chunks: 2, hidden: 3) { density: 0.1, seed: 3, acyclic, weights: heaviside, frozen: true }
input a
output long }";
    assert_style("long", text);
}

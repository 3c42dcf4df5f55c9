console.log('etl');
